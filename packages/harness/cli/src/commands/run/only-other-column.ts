import { type Column, readColumns } from "@petl/table-tasks";
import { UsageError } from "../../exit.js";

/** The column of a table with two that is not `label`. @throws UsageError where there are more */
export async function onlyOtherColumn(table: string, label: string): Promise<string> {
  const names = (await readColumns(table)).map(({ name }: Column) => name);
  const others = names.filter((name) => name !== label);
  if (others.length === 1) return others[0]!;
  const got = names.slice(0, 20).join(", ") || "none";
  throw new UsageError(
    `--text: expected the columns with the texts, since ${table} has more than one beside ${label}: ${got}`,
  );
}

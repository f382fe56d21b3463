import { type Column, readTable } from "@petl/tables";
import { nearest, quote, TaskError } from "@petl/task";
import { columnOf } from "./cells.js";
import type { TableTask } from "./table-task.js";

type Columns = Pick<TableTask, "columns" | "label" | "title" | "group">;

/** The column of a task's answers. @throws {TaskError} `E_TASK_COLUMNS` where a column of the task is not there, with the nearest */
export function findColumns(
  { columns, label, title, group = [] }: Columns,
  found: readonly Column[],
  file: string,
): Column {
  const names = found.map(({ name }) => name);
  const missing = [...Object.values(columns), label, ...group].find((path) => columnOf(path, names) === undefined);
  if (missing !== undefined) {
    const near = nearest(missing, names);
    throw new TaskError("E_TASK_COLUMNS", `no column ${quote(missing)} for ${title}`, {
      file,
      expected: `one of ${names.slice(0, 20).map(quote).join(", ")}`,
      ...(near !== undefined && { remedy: `did you mean ${quote(near)}?` }),
    });
  }
  return found.find(({ name }) => name === columnOf(label, names))!;
}

/** The columns of a table, from its first row or schema. */
export async function readColumns(path: string): Promise<readonly Column[]> {
  const enough = new Error("the columns are known");
  let found: readonly Column[] = [];
  const onColumns = (columns: readonly Column[]): void => {
    found = columns;
    throw enough;
  };
  await readTable(path, { onColumns, onRow: () => {} }).catch((error: unknown) => {
    if (error !== enough) throw error;
  });
  return found;
}

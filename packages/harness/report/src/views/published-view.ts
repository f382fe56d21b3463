import type { PlannedTable, PublishedTable } from "../model/quoted.js";
import { type Table, TableBuilder } from "./table.js";

/** A table that was not measured, as its caption says, and where its figures come from. */
export interface QuotedTable {
  readonly table: Table;
  readonly conditions: string;
}

/** A published table; its source follows the conditions. */
export function publishedView(
  quoted: PublishedTable,
  index: number,
): QuotedTable & { readonly source: PublishedTable["source"] } {
  const table = quotedTable(quoted, `published-${index + 1}`, "published", "see the source");
  return { table, conditions: quoted.conditions, source: quoted.source };
}

/** What a forecast predicts. */
export function plannedView(quoted: PlannedTable, index: number): QuotedTable {
  const table = quotedTable(quoted, `planned-${index + 1}`, "planned", "the forecast has no figure");
  return { table, conditions: quoted.conditions };
}

function quotedTable({ title, headers, rows }: PlannedTable, id: string, kind: string, missing: string): Table {
  const table = new TableBuilder(id, `${title} (${kind}, not measured here)`, headers);
  for (const row of rows) table.row(row.map((cell) => cell ?? { missing }));
  return table.build();
}

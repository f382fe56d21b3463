import type { PublishedTable } from "../published.js";
import { slug } from "../text.js";
import { type Table, TableBuilder } from "./table.js";

/** A published table, marked so in its caption. */
export function publishedTable({ title, headers, rows }: PublishedTable): Table {
  const table = new TableBuilder(`published-${slug(title)}`, `${title} (published, not measured here)`, headers);
  for (const row of rows) table.row(row.map((cell) => cell ?? { missing: "not repeated here, see the source" }));
  return table.build();
}

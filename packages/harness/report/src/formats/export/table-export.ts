import { escapeMarkdown } from "../../text/text.js";
import type { Cell, Table } from "../../views/table.js";
import { csvRows } from "./csv.js";
import { latexTable } from "./latex.js";

/** One table in the three formats that are pasted elsewhere. */
export interface TableExport {
  readonly latex: string;
  readonly markdown: string;
  readonly csv: string;
}

/** The same table in each format. */
export function exportTable(table: Table): TableExport {
  return { latex: latexTable(table), markdown: markdownTable(table), csv: csvRows(table) };
}

function markdownTable({ headers, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(headers.map(({ text }) => escapeMarkdown(text))),
    line(headers.map(({ numeric }) => (numeric ? "---:" : "---"))),
    ...rows.map((row) => line(row.map((cell) => escapeMarkdown(cellText(cell))))),
    "",
  ].join("\n");
}

/** A cell with its second figure in brackets. */
function cellText({ text, detail }: Cell): string {
  return detail === undefined ? text : `${text} (${detail})`;
}

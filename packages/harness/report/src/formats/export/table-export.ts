import { markdownTable } from "../../text/markdown-table.js";
import { escapeMarkdown } from "../../text/text.js";
import type { Cell, Table } from "../../views/table.js";
import { csvRows } from "./csv.js";
import { latexTable } from "./latex.js";

/** One table in the three formats that the page copies. */
export interface TableExport {
  readonly latex: string;
  readonly markdown: string;
  readonly csv: string;
}

/** The same table in each format. */
export function exportTable(table: Table): TableExport {
  return { latex: latexTable(table), markdown: pastedMarkdown(table), csv: csvRows(table) };
}

function pastedMarkdown({ headers, rows, footer }: Table): string {
  const table = markdownTable(
    headers.map(({ text }) => escapeMarkdown(text)),
    [...rows, ...footer].map((row) => row.map((cell) => escapeMarkdown(cellText(cell)))),
    (column) => headers[column]!.numeric,
  );
  return `${table}\n`;
}

/** A cell with its marks and its second figure in brackets. */
function cellText({ text, mark, detail }: Cell): string {
  return `${text}${mark === undefined ? "" : ` ${mark}`}${detail === undefined ? "" : ` (${detail})`}`;
}

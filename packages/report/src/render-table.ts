import type { ReportModel } from "./model.js";
import { cleanText, displayWidth, mapStrings } from "./text.js";
import { reportView } from "./view/report-view.js";
import type { Cell, Table } from "./view/table.js";

export interface TerminalOptions {
  /** Columns there are; columns of the table that do not fit are left out by name. Default: all of them. */
  readonly width?: number;
}

/** The summary for a terminal: plain text in aligned columns, no colour. Columns without any figure become a line below. */
export function renderTable(model: ReportModel, { width = Number.POSITIVE_INFINITY }: TerminalOptions = {}): string {
  const view = mapStrings(reportView(model), cleanText);
  const parts = view.groups.map(({ heading, headlines, summary, remarks }) =>
    [
      ...(heading ? [heading] : []),
      ...alignTable(summary, width),
      ...remarks,
      ...headlines.map((text) => `Note: ${text}`),
    ].join("\n"),
  );
  if (view.empty !== null) parts.push(view.empty);
  if (view.leftOut !== null) {
    const lines = view.leftOut.rows.map((row) => `  ${row[0]!.text}: ${row[1]!.text}: ${row[2]!.text}`);
    parts.push(["Left out:", ...lines].join("\n"));
  }
  return `${parts.join("\n\n")}\n`;
}

const gap = "  ";

function alignTable(table: Table, width: number): string[] {
  const { headers, rows, notes, absent } = table;
  const lines = [headers.map(({ text }) => text), ...rows.map((row) => row.map(cellText))];
  const widths = headers.map((_, column) => Math.max(...lines.map((line) => displayWidth(line[column]!))));
  const shown = fitting(widths, width);
  const line = (cells: readonly string[]): string =>
    shown
      .map((column) => pad(cells[column]!, widths[column]!, headers[column]!.numeric))
      .join(gap)
      .trimEnd();
  const hidden = headers.filter((_, column) => !shown.includes(column)).map(({ text }) => text);
  const used = new Set(rows.flatMap((row) => shown.map((column) => row[column]!.note)));
  return [
    line(lines[0]!),
    shown.map((column) => "-".repeat(widths[column]!)).join(gap),
    ...lines.slice(1).map(line),
    ...(hidden.length > 0 ? [`Too wide for here, in the report: ${hidden.join(", ")}`] : []),
    ...absent.map(({ header, reason }) => `${header}: n/a: ${reason}`),
    ...notes.filter(({ number }) => used.has(number)).map(({ number, text }) => `[${number}] n/a: ${text}`),
  ];
}

/** The columns that fit side by side: the first always, then from the left; the table's order is that of their weight. */
function fitting(widths: readonly number[], width: number): number[] {
  let taken = widths[0]!;
  return widths.flatMap((own, column) => {
    if (column === 0) return [0];
    if (taken + gap.length + own > width) return [];
    taken += gap.length + own;
    return [column];
  });
}

function cellText({ text, detail, note }: Cell): string {
  return `${text}${note ? ` [${note}]` : ""}${detail ? ` (${detail})` : ""}`;
}

function pad(text: string, width: number, right: boolean): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return right ? space + text : text + space;
}

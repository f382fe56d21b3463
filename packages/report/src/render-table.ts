import type { ReportModel } from "./model.js";
import { cleanText, displayWidth, mapStrings } from "./text.js";
import { reportView } from "./view/report-view.js";
import type { Cell, Table } from "./view/table.js";

/** The summary for a terminal: plain text in aligned columns, no colour. Columns without any figure become a line below. */
export function renderTable(model: ReportModel): string {
  const view = mapStrings(reportView(model), cleanText);
  const parts = view.groups.map(({ heading, notices, summary, remarks }) =>
    [...(heading ? [heading] : []), ...alignTable(summary), ...remarks, ...notices.map((text) => `Note: ${text}`)].join(
      "\n",
    ),
  );
  if (view.empty !== null) parts.push(view.empty);
  if (view.leftOut !== null) {
    const lines = view.leftOut.rows.map((row) => `  ${row[0]!.text}: ${row[1]!.text}: ${row[2]!.text}`);
    parts.push(["Left out:", ...lines].join("\n"));
  }
  return `${parts.join("\n\n")}\n`;
}

function alignTable({ headers, rows, notes }: Table): string[] {
  const shown = headers.map((_, column) => column === 0 || rows.some((row) => !row[column]!.note));
  const keep = <T>(items: readonly T[]) => items.filter((_, column) => shown[column]);
  const lines = [keep(headers).map(({ text }) => text), ...rows.map((row) => keep(row).map(cellText))];
  const numeric = keep(headers).map((header) => header.numeric);
  const widths = numeric.map((_, column) => Math.max(...lines.map((line) => displayWidth(line[column]!))));
  const aligned = lines.map((line) =>
    line
      .map((text, column) => pad(text, widths[column]!, numeric[column]!))
      .join("  ")
      .trimEnd(),
  );
  const [head, ...body] = aligned;
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [head!, rule, ...body, ...hiddenColumns(headers, rows, notes, shown), ...visibleNotes(rows, notes, shown)];
}

function cellText({ text, detail, note }: Cell): string {
  return `${text}${note ? ` [${note}]` : ""}${detail ? ` (${detail})` : ""}`;
}

function pad(text: string, width: number, right: boolean): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return right ? space + text : text + space;
}

function hiddenColumns(
  headers: Table["headers"],
  rows: Table["rows"],
  notes: Table["notes"],
  shown: boolean[],
): string[] {
  return headers.flatMap(({ text }, column) => {
    if (shown[column]) return [];
    const numbers = new Set(rows.map((row) => row[column]!.note));
    const reasons = notes.filter(({ number }) => numbers.has(number)).map((note) => note.text);
    return [`${text}: n/a: ${reasons.join("; ")}`];
  });
}

function visibleNotes(rows: Table["rows"], notes: Table["notes"], shown: boolean[]): string[] {
  const used = new Set(rows.flatMap((row) => row.filter((_, column) => shown[column]).map(({ note }) => note)));
  return notes.filter(({ number }) => used.has(number)).map(({ number, text }) => `[${number}] n/a: ${text}`);
}

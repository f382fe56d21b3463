import type { ReportModel } from "../model/model.js";
import { cleanText, displayWidth, mapStrings } from "../text/text.js";
import { reportView } from "../views/report-view.js";
import type { Cell, Table } from "../views/table.js";

export interface TerminalOptions {
  /** Columns there are: a wider table goes on below, its first column repeated. Default: as many as it takes. */
  readonly width?: number;
}

/** The summary for a terminal: plain text in aligned columns, no colour. Columns without any figure become a line below. */
export function renderTable(model: ReportModel, { width = Number.POSITIVE_INFINITY }: TerminalOptions = {}): string {
  const view = mapStrings(reportView(model), cleanText);
  const parts = view.groups.map(({ heading, headlines, verdict, summary, remarks }) =>
    [
      ...(heading ? [heading] : []),
      ...(verdict === null ? [] : [`Verdict: ${verdict}`, ""]),
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

function alignTable({ headers, rows, footer, legend, notes, absent }: Table, width: number): string[] {
  const cells = [...rows, ...footer].map((row) => row.map(cellText));
  const columns = headers.map(({ text, numeric }, index) => {
    const texts = cells.map((row) => row[index]!);
    const head = wrap(text, Math.max(...texts.map(displayWidth)));
    return { numeric, head, texts, width: Math.max(...[...head, ...texts].map(displayWidth)) };
  });
  return [
    ...blocks(columns, width).flatMap((block, index) => [...(index > 0 ? [""] : []), ...alignBlock(block)]),
    ...legend,
    ...absent.map(({ header, reason }) => `${header}: n/a: ${reason}`),
    ...notes.map(({ number, text }) => `[${number}] ${text}`),
  ];
}

interface Column {
  readonly numeric: boolean;
  /** The header, on several lines where its words are longer than the cells. */
  readonly head: readonly string[];
  readonly texts: readonly string[];
  readonly width: number;
}

/** The columns side by side as far as they fit, the first one in each block. */
function blocks([first, ...others]: readonly Column[], width: number): Column[][] {
  const all: Column[][] = [[first!]];
  for (const column of others) {
    const block = all.at(-1)!;
    const taken = block.reduce((sum, each) => sum + each.width + gap.length, 0);
    if (block.length > 1 && taken + column.width > width) all.push([first!, column]);
    else block.push(column);
  }
  return all;
}

function alignBlock(columns: readonly Column[]): string[] {
  const height = Math.max(...columns.map(({ head }) => head.length));
  const line = (textOf: (column: Column) => string): string =>
    columns
      .map((column) => pad(textOf(column), column.width, column.numeric))
      .join(gap)
      .trimEnd();
  const isEmpty = (row: number) => columns.slice(1).every(({ texts }) => texts[row] === "");
  return [
    ...Array.from({ length: height }, (_, row) => line(({ head }) => head[row - height + head.length] ?? "")),
    columns.map((column) => "-".repeat(column.width)).join(gap),
    ...columns[0]!.texts.flatMap((_, row) => (isEmpty(row) ? [] : [line(({ texts }) => texts[row]!)])),
  ];
}

/** Words on lines of at most `width`, or as long as the longest word. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && displayWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function cellText({ text, mark, detail, note }: Cell): string {
  return `${text}${mark ? ` ${mark}` : ""}${note ? ` [${note}]` : ""}${detail ? ` (${detail})` : ""}`;
}

function pad(text: string, width: number, right: boolean): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return right ? space + text : text + space;
}

import type { Cell, Table } from "../../views/table.js";

/**
 * A table as CSV (RFC 4180, lines end in CR LF): a column of text and, where a cell has them, columns of the number it
 * stands for (SI units: bytes, seconds, joules; scores 0 to 100) and of the second figure. A missing figure is empty.
 */
export function csvRows({ headers, rows: body, footer }: Table): string {
  const rows = [...body, ...footer];
  const columns = headers.flatMap(({ text }, index) => {
    const cells = rows.map((row) => row[index]);
    const numbers = cells.some((cell) => cell?.value !== undefined);
    const details = cells.some((cell) => cell?.detail !== undefined);
    return [
      { header: text, read: (row: Table["rows"][number]) => csvText(row[index]!) },
      ...(numbers
        ? [{ header: `${text}: number`, read: (row: Table["rows"][number]) => String(row[index]?.value ?? "") }]
        : []),
      ...(details ? [{ header: `${text}: note`, read: (row: Table["rows"][number]) => row[index]?.detail ?? "" }] : []),
    ];
  });
  const lines = [columns.map(({ header }) => header), ...rows.map((row) => columns.map(({ read }) => read(row)))];
  return lines.map((line) => `${line.map(csvCell).join(",")}\r\n`).join("");
}

function csvText({ missing, text, mark }: Cell): string {
  if (missing) return "";
  return mark === undefined ? text : `${text} ${mark}`;
}

/** Quoted where it must be; a leading character that a spreadsheet would run as a formula gets an apostrophe before. */
export function csvCell(text: string): string {
  const safe = /^[=+@\t\r]/.test(text) || /^-[^\d.]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

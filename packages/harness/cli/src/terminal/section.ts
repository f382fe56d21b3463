import { printable } from "@petl/files";
import colours from "picocolors";

const paint = colours.createColors(process.stdout.isTTY === true && !process.env.NO_COLOR);

/** A heading and rows in aligned columns; cells may be of any origin. */
export function section(heading: string, cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map((cell) => printable(cell)));
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")}`.trimEnd());
  return [paint.bold(heading), ...(lines.length > 0 ? lines : ["  none"])].join("\n");
}

/** A table in Markdown: the columns of text to the left, figures to the right. Cells must be escaped where they are of a record. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  isNumeric: (column: number) => boolean = (column) => column > 0,
): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  const sides = head.map((_, column) => (isNumeric(column) ? "---:" : "---"));
  return [line(head), `|${sides.join("|")}|`, ...rows.map(line)].join("\n");
}

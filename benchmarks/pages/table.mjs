/**
 * A table in Markdown: the first `labels` columns to the left, figures to the right.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly (string | number)[])[]} rows
 */
export function table(head, rows, labels = 1) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const sides = head.map((_, index) => (index < labels ? "---" : "---:"));
  return [line(head), `|${sides.join("|")}|`, ...rows.map(line)].join("\n");
}

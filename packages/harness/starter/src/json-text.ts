/** A value as an indented JSON file, with a list of one text on one line as the formatter of this repository requires. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replace(/\[\s+("[^"]*")\s+\]/g, "[$1]")}\n`;
}

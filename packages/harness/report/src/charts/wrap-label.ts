import { displayWidth } from "../text/text.js";

const mostLines = 4;

/**
 * A label on lines of at most `width` characters, broken at spaces, so that variants keep what tells them apart. A longer word
 * loses its middle; after four lines the rest is left out.
 */
export function wrapLabel(label: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of label.split(" ").map((each) => withoutMiddle(each, width))) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && displayWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.length <= mostLines ? lines : [...lines.slice(0, mostLines - 1), `${lines[mostLines - 1]}…`];
}

/** Characters of the widest line of all labels. */
export function widestLine(labels: readonly (readonly string[])[]): number {
  return Math.max(4, ...labels.flat().map(displayWidth));
}

/** Lines of the label that takes most. */
export function mostLinesOf(labels: readonly (readonly string[])[]): number {
  return Math.max(1, ...labels.map(({ length }) => length));
}

function withoutMiddle(word: string, width: number): string {
  const letters = [...word];
  if (letters.length <= width) return word;
  const half = Math.floor(width / 2);
  return `${letters.slice(0, half).join("")}…${letters.slice(1 - half).join("")}`;
}

import { section } from "../../section.js";

/** A heading and rows in aligned columns, at most `width` columns long: the last cell of a row goes on in the next line. */
export function wrappedSection(heading: string, rows: readonly (readonly string[])[], width = 100): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const gap = 2;
  const before = Array.from({ length: Math.max(0, columns - 1) }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  ).reduce((sum, cell) => sum + cell + gap, gap);
  const wrapped = rows.flatMap((row) => {
    if (row.length < columns || columns === 0) return [[...row]];
    const [first = "", ...rest] = wrap(row.at(-1)!, width - before);
    const empty = row.slice(0, -1).map(() => "");
    return [[...row.slice(0, -1), first], ...rest.map((line) => [...empty, line])];
  });
  return section(heading, wrapped);
}

/** Breaks a text between words into lines of at most `width` characters; a longer word gets a line to itself. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

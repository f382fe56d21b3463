import { escapeHidden } from "./printable.js";

/** Longest message in characters: room for a path, an expectation, what was found and a remedy. */
const longest = 1000;
const keptEnd = 300;

/**
 * A message that quotes a file, fit for a terminal: on one line, white space as one space, what a terminal would act on escaped, the
 * middle of a long one left out.
 */
export function oneLine(text: string): string {
  const line = escapeHidden(text.replace(/\s+/g, " ").trim());
  if (line.length <= longest) return line;
  return `${line.slice(0, longest - keptEnd - 5)} ... ${line.slice(-keptEnd)}`;
}

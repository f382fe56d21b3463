/** Longest message in characters: room for a path, an expectation, what was found and a remedy. */
const longest = 1000;
const keptEnd = 300;

/**
 * A message that quotes a file, fit for a terminal: on one line, without control or direction characters, the middle of a long one
 * left out. White space is one space; other control characters are escaped as in JSON.
 */
export function oneLine(text: string): string {
  const line = text
    .replace(/\s+/g, " ")
    .trim()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, escaped);
  if (line.length <= longest) return line;
  return `${line.slice(0, longest - keptEnd - 5)} ... ${line.slice(-keptEnd)}`;
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

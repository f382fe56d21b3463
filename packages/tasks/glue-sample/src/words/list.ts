/** The words of a text, separated by white space. */
export const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** The non-empty lines of a text, trimmed. */
export const lines = (text: string): readonly string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

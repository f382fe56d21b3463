/** The text of whatever was thrown; a value without one is named by its type. */
export function thrownText(thrown: unknown): string {
  try {
    const text = String(thrown instanceof Error ? thrown.message || thrown.name : thrown).trim();
    return text === "" ? "no message" : text;
  } catch {
    return `a value of type ${typeof thrown} without a message`;
  }
}

/** The first line of that text. */
export const firstLine = (thrown: unknown): string => thrownText(thrown).split("\n")[0]!;

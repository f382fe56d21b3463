/** What a terminal or a page may act on instead of showing it: control, bidirectional and invisible format characters, lone surrogates. */
const hidden = /[\p{Cc}\p{Bidi_Control}\p{Cs}\u2028\u2029\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * A text of foreign origin on one line that a terminal only shows: breaks become a space, and what would act becomes an escape such as
 * `\u001b`. A text longer than `mostCharacters` ends in `…`.
 */
export function printable(text: string, mostCharacters = 4000): string {
  const line = escapeHidden(text.slice(0, 2 * mostCharacters).replace(/[\t\r\n\u2028\u2029]+/g, " "));
  return line.length <= mostCharacters && text.length <= 2 * mostCharacters
    ? line
    : `${line.slice(0, mostCharacters - 1)}…`;
}

/** A text with each character that a terminal may act on as an escape such as `\u001b`, line feeds and tabs apart. */
export function printableLines(text: string): string {
  return text
    .split(/([\n\t])/)
    .map((part, index) => (index % 2 === 0 ? escapeHidden(part) : part))
    .join("");
}

/** Escapes what a terminal may act on, as JSON does, so that it reads back as the same characters. */
export function escapeHidden(text: string): string {
  return text.replace(hidden, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

// Python's str.split() splits at these; \s of JavaScript lacks the separators U+001C to U+001F and U+0085, and has U+FEFF.
// biome-ignore lint/suspicious/noControlCharactersInRegex: some of them are spaces
const spaces = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** The parts of a text between white space as Python has it; none of an empty text. */
export function words(text: string): string[] {
  return text.split(spaces).filter((word) => word !== "");
}

/** The text without white space, as Python has it, at its end. */
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && spaces.test(text[end - 1]!)) end -= 1;
  return text.slice(0, end);
}

/** How often each item occurs. */
export function countItems(items: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/** Every run of `n` neighbouring words as one string; words hold no space, so no two runs are confused. */
export function ngrams(tokens: readonly string[], n: number): string[] {
  return Array.from({ length: Math.max(0, tokens.length - n + 1) }, (_, at) => tokens.slice(at, at + n).join(" "));
}

/** Size of the intersection of two multisets. */
export function overlap(some: ReadonlyMap<string, number>, others: ReadonlyMap<string, number>): number {
  let shared = 0;
  for (const [item, count] of some) shared += Math.min(count, others.get(item) ?? 0);
  return shared;
}

import { closest } from "fastest-levenshtein";

/** The name that is fewest edits away, case apart; undefined where there are no names. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const lower = names.map((each) => each.toLowerCase());
  return names[lower.indexOf(closest(name.toLowerCase(), lower))];
}

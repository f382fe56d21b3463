import { closest, distance } from "fastest-levenshtein";

/** ` Did you mean "lora"?` where a known name is at most half the letters away, else nothing. */
export function nearMatch(name: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const lower = known.map((each) => each.toLowerCase());
  const wanted = name.toLowerCase();
  const index = lower.indexOf(closest(wanted, lower));
  const near = known[index]!;
  return distance(wanted, lower[index]!) <= Math.max(2, near.length / 2) ? ` Did you mean "${near}"?` : "";
}

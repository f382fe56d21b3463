import { nearest } from "@petl/task";
import { distance } from "fastest-levenshtein";

/** ` Did you mean "lora"?` where a known name differs in at most half its letters (or two), else nothing. */
export function nearMatch(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near === undefined) return "";
  const edits = distance(name.toLowerCase(), near.toLowerCase());
  return edits <= Math.max(2, near.length / 2) ? ` Did you mean "${near}"?` : "";
}

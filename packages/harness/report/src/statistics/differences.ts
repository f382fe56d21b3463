import type { Difference } from "./comparison.js";
import { holm } from "./holm.js";
import type { PairEstimate } from "./pair-estimate.js";
import { significanceOf } from "./significance.js";

/** Pairs as one family: their intervals, and which of them noise does not explain. */
export function differencesOf(pairs: readonly PairEstimate[]): Difference[] {
  const significances = pairs.map(significanceOf);
  const adjusted = holm(significances.map(({ p }) => p));
  return pairs.map(({ first, second, points, most, seeds }, index) => {
    const { p, halfWidth } = significances[index]!;
    const adjustedP = adjusted[index]!;
    const interval = { low: Math.max(-most, points - halfWidth), high: Math.min(most, points + halfWidth) };
    return { first, second, points, ...interval, p, adjustedP, isTold: adjustedP < 0.05, seeds };
  });
}

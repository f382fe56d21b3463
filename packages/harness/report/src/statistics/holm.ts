/**
 * P values adjusted for the chance that any of a family is small by accident, in the order given: the i-th smallest of m becomes
 * `max over j <= i of min(1, (m - j + 1) p_j)`. Rejecting below 0.05 errs in at most 5 % of families, however the tests depend on
 * each other.
 *
 * Holm 1979, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, pages 65-70.
 */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length);
  const ascending = [...pValues.keys()].sort((a, b) => pValues[a]! - pValues[b]!);
  let highest = 0;
  ascending.forEach((index, rank) => {
    highest = Math.max(highest, Math.min(1, (pValues.length - rank) * pValues[index]!));
    adjusted[index] = highest;
  });
  return adjusted;
}

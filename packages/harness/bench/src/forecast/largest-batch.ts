/** As large as `--batch-size` may be: beyond it a larger device makes no difference. */
const mostExamples = 65_536;

/**
 * The largest batch size whose peak is at most `budgetBytes`, 0 if not even one example fits.
 *
 * `peakOf` must not fall with the batch size. It is almost a straight line, so the search follows the line through the ends
 * of its bracket and falls back to halving.
 */
export function largestBatch(peakOf: (batchSize: number) => number, budgetBytes: number, limit = mostExamples): number {
  if (peakOf(1) > budgetBytes) return 0;
  let [fits, fitsBytes] = [1, peakOf(1)];
  let [tooLarge, tooLargeBytes] = [2, peakOf(2)];
  while (tooLargeBytes <= budgetBytes) {
    [fits, fitsBytes] = [tooLarge, tooLargeBytes];
    if (fits >= limit) return limit;
    tooLarge = Math.min(limit, 4 * fits);
    tooLargeBytes = peakOf(tooLarge);
  }
  let halve = false;
  while (tooLarge - fits > 1) {
    const slope = (tooLargeBytes - fitsBytes) / (tooLarge - fits);
    const guess = halve || slope <= 0 ? (fits + tooLarge) / 2 : fits + (budgetBytes - fitsBytes) / slope;
    const next = Math.min(tooLarge - 1, Math.max(fits + 1, Math.floor(guess)));
    const before = tooLarge - fits;
    const bytes = peakOf(next);
    if (bytes <= budgetBytes) [fits, fitsBytes] = [next, bytes];
    else [tooLarge, tooLargeBytes] = [next, bytes];
    halve = tooLarge - fits > before / 2; // the line did not help
  }
  return fits;
}

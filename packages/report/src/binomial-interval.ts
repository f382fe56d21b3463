/**
 * The 95 % percentile bootstrap interval, 0 to 1, of an accuracy `share` over `examples`, without drawing: resampling
 * 0/1 outcomes with replacement gives a binomial count, whose quantiles are summed here exactly.
 * Efron and Tibshirani 1993, chapter 13.
 */
export function accuracyInterval(share: number, examples: number): { low: number; high: number } {
  if (examples <= 0 || share <= 0 || share >= 1) return { low: share, high: share };
  const logOdds = Math.log(share) - Math.log1p(-share);
  let logProbability = examples * Math.log1p(-share);
  let sum = Math.exp(logProbability);
  let low: number | null = sum >= 0.025 ? 0 : null;
  for (let count = 1; count <= examples; count++) {
    logProbability += Math.log((examples - count + 1) / count) + logOdds;
    sum += Math.exp(logProbability);
    if (low === null && sum >= 0.025) low = count;
    if (sum >= 0.975) return { low: (low ?? count) / examples, high: count / examples };
  }
  return { low: (low ?? examples) / examples, high: 1 };
}

/** The best of some trials: what to expect, and the standard deviation of it. */
export interface ExpectedBest {
  readonly trials: number;
  readonly mean: number;
  readonly deviation: number;
}

/**
 * What the best (highest) of k trials scores on average, for k = 1..n, from the n `values` that trials had.
 *
 * A trial is a draw from the values with replacement, so the best of k is at most the i-th smallest with probability `(i / n)^k`:
 * the estimator of Dodge et al. 2019, https://arxiv.org/abs/1909.03004. It is low by a little for k near n; the one without that bias
 * varies more (Dodge et al. 2021, https://arxiv.org/abs/2110.00613).
 */
export function expectedBest(values: readonly number[]): readonly ExpectedBest[] {
  const ascending = [...values].sort((a, b) => a - b);
  return ascending.map((_, index) => bestOf(index + 1, ascending));
}

function bestOf(trials: number, ascending: readonly number[]): ExpectedBest {
  const upTo = (rank: number) => (rank / ascending.length) ** trials;
  const chances = ascending.map((_, index) => upTo(index + 1) - upTo(index));
  const expected = (of: (value: number) => number) =>
    ascending.reduce((sum, value, index) => sum + chances[index]! * of(value), 0);
  const mean = expected((value) => value);
  return { trials, mean, deviation: Math.sqrt(expected((value) => (value - mean) ** 2)) };
}

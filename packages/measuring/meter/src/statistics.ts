/**
 * Quantile of ascending values, interpolated linearly between the two nearest; `share` from 0 to 1; NaN for none.
 *
 * Hyndman and Fan 1996, definition 7, as in NumPy and R; simple-statistics takes the nearest rank.
 */
export function quantile(ascending: readonly number[], share: number): number {
  const position = share * (ascending.length - 1);
  const low = ascending[Math.floor(position)] ?? Number.NaN;
  return low + ((ascending[Math.ceil(position)] ?? low) - low) * (position % 1);
}

/** A sorted copy, ascending. */
export function sorted(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}

/** Arithmetic mean; NaN for none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation of the whole population; NaN for none. */
export function standardDeviation(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
}

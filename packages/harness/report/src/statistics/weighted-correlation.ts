import type { Drawn } from "./drawn.js";

/** The y of pairs that come in a resample, by place, which many x are correlated with. */
export interface Expected {
  readonly values: Float64Array;
  readonly sum: number;
  readonly squares: number;
}

export function expectedOf(values: Float64Array, { counts }: Drawn): Expected {
  let sum = 0;
  let squares = 0;
  for (let place = 0; place < counts.length; place++) {
    const weighted = counts[place]! * values[place]!;
    sum += weighted;
    squares += weighted * values[place]!;
  }
  return { values, sum, squares };
}

/** Pearson's correlation, -1..1, of the pairs that come; `x` are by row. Neither may be constant among those. */
export function weightedCorrelation(x: Float64Array, y: Expected, { rows, counts, total }: Drawn): number {
  const { values } = y;
  let sum = 0;
  let squares = 0;
  let products = 0;
  for (let place = 0; place < rows.length; place++) {
    const value = x[rows[place]!]!;
    const weighted = counts[place]! * value;
    sum += weighted;
    squares += weighted * value;
    products += weighted * values[place]!;
  }
  return correlation({ sum, squares, products, total }, y);
}

/** Of sums over pairs. */
export function correlation(
  x: { readonly sum: number; readonly squares: number; readonly products: number; readonly total: number },
  y: Expected,
): number {
  const { total: n } = x;
  const spread = Math.sqrt(x.squares - (x.sum * x.sum) / n) * Math.sqrt(y.squares - (y.sum * y.sum) / n);
  return Math.min(1, Math.max(-1, (x.products - (x.sum * y.sum) / n) / spread));
}

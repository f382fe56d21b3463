/** Numbers in ascending order, so that their sums and ranks in any resample follow in one pass. */
export interface Ascending {
  /** Rows by value, the lowest first. */
  readonly rows: Int32Array;
  /** By place in `rows`, less their mean, which changes no correlation and keeps digits. */
  readonly values: Float64Array;
  /** By place in `rows`: 1 where the next value is another. */
  readonly isLast: Uint8Array;
}

export function ascending(values: readonly number[]): Ascending {
  const rows = Int32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    rows,
    values: Float64Array.from(rows, (row) => values[row]! - mean),
    isLast: Uint8Array.from(rows, (row, place) => (values[row] === values[rows[place + 1]!] ? 0 : 1)),
  };
}

/** What many columns are correlated with in one resample; by row, and of no meaning for rows that do not come. */
export interface Expected {
  /** How often each row comes. */
  readonly counts: Float64Array;
  readonly values: Float64Array;
  /** Ties share their average. */
  readonly ranks: Float64Array;
  readonly ofValues: Sums;
  readonly ofRanks: Sums;
}

/** Over the pairs that come. */
interface Sums {
  readonly total: number;
  readonly sum: number;
  readonly squares: number;
}

/** `counts` are by row; null where all values that come are equal. */
export function expectedOf({ rows, values, isLast }: Ascending, counts: Int32Array): Expected | null {
  const total = counts.reduce((all, count) => all + count, 0);
  const [byRow, ranks] = [new Float64Array(rows.length), new Float64Array(rows.length)];
  const ofValues = { total, sum: 0, squares: 0 };
  const ofRanks = { total, sum: 0, squares: 0 };
  let [below, tied, first] = [0.5, 0, 0];
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place]!;
    byRow[row] = values[place]!;
    ofValues.sum += counts[row]! * values[place]!;
    ofValues.squares += counts[row]! * values[place]! ** 2;
    tied += counts[row]!;
    if (isLast[place] === 0) continue;
    if (tied === total) return null;
    const rank = below + tied / 2;
    for (; first <= place; first++) ranks[rows[first]!] = rank;
    ofRanks.sum += tied * rank;
    ofRanks.squares += tied * rank * rank;
    below += tied;
    tied = 0;
  }
  return { counts: Float64Array.from(counts), values: byRow, ranks, ofValues, ofRanks };
}

/** Pearson's and Spearman's correlation, -1..1, of the pairs that come; null where all values that come are equal. */
export function correlations(
  { rows, values, isLast }: Ascending,
  y: Expected,
): { pearson: number; spearman: number } | null {
  const { counts, values: expectedValues, ranks: expectedRanks, ofRanks, ofValues } = y;
  const { length } = rows;
  let sum = 0;
  let squares = 0;
  let products = 0;
  let rankSquares = 0;
  let rankProducts = 0;
  let below = 0.5;
  let tied = 0;
  let tiedExpected = 0;
  for (let place = 0; place < length; place++) {
    const row = rows[place]!;
    const count = counts[row]!;
    const value = values[place]!;
    const weighted = count * value;
    sum += weighted;
    squares += weighted * value;
    products += weighted * expectedValues[row]!;
    tied += count;
    tiedExpected += count * expectedRanks[row]!;
    if (isLast[place] === 0) continue;
    const rank = below + tied / 2;
    rankSquares += tied * rank * rank;
    rankProducts += rank * tiedExpected;
    below += tied;
    tied = 0;
    tiedExpected = 0;
  }
  const { total, sum: rankSum } = ofRanks; // ranks of as many values have one sum, whatever the ties
  if (rankSquares * total === rankSum * rankSum) return null; // exact: ranks are halves
  return {
    pearson: correlation({ total, sum, squares }, ofValues, products),
    spearman: correlation({ total, sum: rankSum, squares: rankSquares }, ofRanks, rankProducts),
  };
}

function correlation(x: Sums, y: Sums, products: number): number {
  const { total: n } = x;
  const spread = Math.sqrt(x.squares - (x.sum * x.sum) / n) * Math.sqrt(y.squares - (y.sum * y.sum) / n);
  return Math.min(1, Math.max(-1, (products - (x.sum * y.sum) / n) / spread));
}

import type { Drawn } from "./drawn.js";
import { correlation, type Expected } from "./weighted-correlation.js";

/** Values put in order once, so that their ranks in any resample follow by counting. */
export interface Ranking {
  /** Position of each value among the distinct ones, from the lowest. */
  readonly positions: Int32Array;
  readonly distinct: number;
}

export function rankingOf(values: readonly number[]): Ranking {
  const ascending = [...new Set(values)].sort((a, b) => a - b);
  const positionOf = new Map(ascending.map((value, position) => [value, position]));
  return { positions: Int32Array.from(values, (value) => positionOf.get(value)!), distinct: ascending.length };
}

/** The ranks of the values that come, by place, ties sharing their average; null where all of them are equal. */
export function ranksOf({ positions, distinct }: Ranking, { rows, counts, total }: Drawn): Float64Array | null {
  const drawn = new Int32Array(distinct);
  for (let place = 0; place < rows.length; place++) drawn[positions[rows[place]!]!]! += counts[place]!;
  if (drawn.includes(total)) return null;
  let below = 0;
  const shared = Float64Array.from(drawn, (count) => {
    below += count;
    return below - count + (count + 1) / 2;
  });
  return Float64Array.from(rows, (row) => shared[positions[row]!]!);
}

/** Correlates ranks of at most so many values, in one resample after the other. */
export class RankCorrelator {
  /** By position: how often it comes, and the sum of the ranks that are expected where it does. */
  readonly #drawn: Int32Array;
  readonly #expected: Float64Array;

  constructor(values: number) {
    this.#drawn = new Int32Array(values);
    this.#expected = new Float64Array(values);
  }

  /**
   * Spearman's correlation, -1..1, with ranks that are expected; null where all values that come are equal. Ranks are halves, so that
   * their sums are exact in any order.
   */
  correlate({ positions, distinct }: Ranking, ranks: Expected, { rows, counts, total }: Drawn): number | null {
    const { values } = ranks;
    const drawn = this.#drawn.fill(0, 0, distinct);
    const expected = this.#expected.fill(0, 0, distinct);
    for (let place = 0; place < rows.length; place++) {
      const position = positions[rows[place]!]!;
      drawn[position]! += counts[place]!;
      expected[position]! += counts[place]! * values[place]!;
    }
    let isVaried = true;
    let below = 0.5;
    let sum = 0;
    let squares = 0;
    let products = 0;
    for (let position = 0; position < distinct; position++) {
      const count = drawn[position]!;
      const rank = below + count / 2;
      below += count;
      if (count === total) isVaried = false;
      sum += count * rank;
      squares += count * rank * rank;
      products += rank * expected[position]!;
    }
    return isVaried ? correlation({ sum, squares, products, total }, ranks) : null;
  }
}

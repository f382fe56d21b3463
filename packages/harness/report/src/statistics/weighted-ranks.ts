/** Values put in order once, so that their ranks in any resample follow by counting. */
export interface Ranking {
  /** Position of each value among the distinct ones, from the lowest. */
  readonly positions: Int32Array;
  /** By position: how often it comes, and the rank that its values share. */
  readonly drawn: Int32Array;
  readonly shared: Float64Array;
  /** Of each value in the latest resample; ties share their average rank. */
  readonly ranks: Float64Array;
}

export function rankingOf(values: readonly number[]): Ranking {
  const ascending = [...new Set(values)].sort((a, b) => a - b);
  const positionOf = new Map(ascending.map((value, position) => [value, position]));
  return {
    positions: Int32Array.from(values, (value) => positionOf.get(value)!),
    drawn: new Int32Array(ascending.length),
    shared: new Float64Array(ascending.length),
    ranks: new Float64Array(values.length),
  };
}

/** Writes the ranks where value i comes `counts[i]` times; whether those that come are not all equal. */
export function rankResample({ positions, drawn, shared, ranks }: Ranking, counts: Int32Array): boolean {
  drawn.fill(0);
  for (let row = 0; row < counts.length; row++) drawn[positions[row]!]! += counts[row]!;
  let below = 0;
  let different = 0;
  for (let position = 0; position < drawn.length; position++) {
    const count = drawn[position]!;
    shared[position] = below + (count + 1) / 2;
    below += count;
    if (count > 0) different += 1;
  }
  for (let row = 0; row < ranks.length; row++) ranks[row] = shared[positions[row]!]!;
  return different > 1;
}

/** The rows that come in a resample, and how often each. */
export interface Drawn {
  readonly rows: Int32Array;
  /** By place in `rows`. */
  readonly counts: Int32Array;
  readonly total: number;
}

/** `counts` are by row. */
export function drawnOf(counts: Int32Array): Drawn {
  const rows = Int32Array.from(counts.keys()).filter((row) => counts[row]! > 0);
  return { rows, counts: rows.map((row) => counts[row]!), total: counts.reduce((sum, count) => sum + count, 0) };
}

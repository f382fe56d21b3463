/** Scores many runs at once on many resamples of the examples of one split. */
export interface Scorer {
  /** By example. Examples of one unit have the same reference and, in each run, the same answer. */
  readonly unitOf: Int32Array;
  readonly units: number;
  /** Writes each run's score, 0 to 100, where unit u comes `counts[u]` times: what `score` of @petl/glue makes of those examples. */
  score(counts: Int32Array, scores: Float64Array): void;
}

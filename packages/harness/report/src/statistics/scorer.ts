/** Scores runs on resamples of the examples of one split, which are drawn one by one or, where they have groups, by group. */
export interface Scorer {
  /** By what is drawn: an example or a group. Examples of one unit have the same reference and, in each run, the same answer. */
  readonly unitOf: Int32Array;
  readonly units: number;
  /**
   * What scores a run, 0 to 100, where unit u comes `counts[u]` times: what `score` of @petl/task makes of those examples. Several resamples
   * can be in use at once.
   */
  resample(counts: Int32Array): (run: number) => number;
}

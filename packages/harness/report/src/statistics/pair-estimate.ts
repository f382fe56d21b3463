/** A part of the variance of a difference, in points squared, and the degrees of freedom of its estimate. */
export interface VariancePart {
  readonly variance: number;
  readonly degrees: number;
}

/** What is known of the difference of two arms. */
export interface PairEstimate {
  readonly first: string;
  readonly second: string;
  /** Mean score of `first` less that of `second`. */
  readonly points: number;
  /** Parts of its variance over other examples and other seeds. */
  readonly variance: readonly VariancePart[];
  /** Over other examples alone, with the models that were trained. */
  readonly exampleVariance: readonly VariancePart[];
  /** Examples, or groups of them, that the two arms did not answer all alike. */
  readonly answeredApart: number;
  /** Points that two scores can differ by at most. */
  readonly most: number;
  /** Of the arm that has fewer. */
  readonly seeds: number;
}

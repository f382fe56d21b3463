import type { Difference } from "../statistics/comparison.js";

/** What can be said of the scores on one task, or of one mean over tasks; variants are named by their ids. */
export interface Standing {
  /** Name of the task or the mean. */
  readonly over: string;
  readonly label: string;
  /** All pairs of variants; empty where they could not be tested. */
  readonly differences: readonly Difference[];
  /** Of the test examples, for the differences; 0 where there are none. */
  readonly resamples: number;
  /** Why they could not; null where they were, and where there is only one variant. */
  readonly untested: string | null;
  /** The variant with the highest score; null where none has one. */
  readonly best: string | null;
  /** The best and all that cannot be told from it; empty where that could not be tested. */
  readonly amongBest: readonly string[];
  /** The higher of the baselines; null where none is known. */
  readonly baseline: { readonly label: string; readonly score: number } | null;
  /** Variants whose 95 % interval includes that baseline or lies below it. */
  readonly nearBaseline: readonly string[];
}

/** By task, and by each mean of the summary; no mean has one where no task was completed by every variant. */
export interface Standings {
  readonly tasks: readonly Standing[];
  readonly means: readonly Standing[];
}

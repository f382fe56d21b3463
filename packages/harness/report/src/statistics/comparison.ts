import type { SplitAnswers } from "@petl/results";
import type { ScoredTask } from "@petl/task";

/** One method's answers on a task: for each seed, by split, predictions and references. */
export interface ArmAnswers {
  readonly arm: string;
  readonly seeds: readonly (readonly SplitAnswers[])[];
}

/** Arms on the same examples in the same order. */
export interface TaskAnswers {
  readonly task: ScoredTask;
  readonly arms: readonly ArmAnswers[];
}

/** What two arms differ by, and whether noise explains it. */
export interface Difference {
  readonly first: string;
  readonly second: string;
  /** Points of the mean score of `first` more than `second`. */
  readonly points: number;
  /** Ends of the 95 % interval of `points`, of this pair alone. */
  readonly low: number;
  readonly high: number;
  /** Two-sided, of this pair alone. */
  readonly p: number;
  /** `p` adjusted by Holm over all pairs of the family. */
  readonly adjustedP: number;
  /** Whether `adjustedP` is below 0.05. */
  readonly isTold: boolean;
  /** Seeds of the arm that has fewer (on the task where it has fewest); at 1, what training adds to the noise is not known. */
  readonly seeds: number;
}

export interface CompareOptions {
  /** Resamples of the examples of a task; 2,000 unless given. */
  readonly resamples?: number;
  /** Of the resampling; 0 unless given. */
  readonly seed?: number;
}

import type { RunRecord } from "@petl/results";

/** What a trial is worth, on held-out training examples. */
export interface TrialWorth {
  /** Of a trial that diverged: the worst there is. */
  readonly score: number;
  /** Infinite where it is not known. */
  readonly loss: number;
}

/** A trial's place among the rates, from 1, and its worth. */
export interface RankedTrial extends TrialWorth {
  readonly number: number;
}

/**
 * Trials with `of` rates, the best first: the higher score, of equal scores the lower loss, then the nearer to the method's own rate. On few examples
 * scores are often equal, and those of a short training nearly always where it still gives one answer to all.
 */
export function rankTrials(trials: readonly RankedTrial[], of: number): RankedTrial[] {
  const fromMiddle = ({ number }: RankedTrial): number => Math.abs(number - (of + 1) / 2);
  return [...trials].sort(
    (a, b) => descending(a.score, b.score) || descending(b.loss, a.loss) || fromMiddle(a) - fromMiddle(b),
  );
}

/** Two infinite values are equal, and their difference is no number. */
const descending = (a: number, b: number): number => (a === b ? 0 : b - a);

export function worthOf({ status, scores }: Pick<RunRecord, "status" | "scores">): TrialWorth {
  if (status !== "completed") return { score: Number.NEGATIVE_INFINITY, loss: Number.POSITIVE_INFINITY };
  const { score, loss } = scores!.best;
  return { score, loss: loss ?? Number.POSITIVE_INFINITY };
}

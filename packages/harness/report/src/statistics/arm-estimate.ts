import type { SplitAnswers } from "@petl/results";
import { type Evaluation, type ScoredTask, scoreTask } from "@petl/task";
import { sampleVariance } from "simple-statistics";
import type { ArmAnswers } from "./comparison.js";

/** What is known of one arm on one task, in points. */
export interface ArmEstimate {
  readonly arm: string;
  /** By example of all splits: what every seed answered; undefined where they differ. */
  readonly agreed: readonly (Answer | undefined)[];
  /** By seed. */
  readonly scores: readonly number[];
  /** The mean over seeds, by resample. */
  readonly resampled: Float64Array;
  /** Variance of the scores over seeds, on the same examples; 0 for one seed. */
  readonly seedVariance: number;
  /** Variance of a seed's score over examples, as far as the other seeds do not share it; 0 for one seed. */
  readonly ownVariance: number;
}

type Answer = SplitAnswers["predictions"][number];

/** `resampled`: the scores of the seeds by (seed, resample). */
export function armEstimate(
  task: ScoredTask,
  { arm, seeds }: ArmAnswers,
  resampled: readonly Float64Array[],
): ArmEstimate {
  const scores = seeds.map((splits) => scoreTask(task, splits.map(asEvaluation)).score);
  const means = resampled[0]!.map((_, resample) => sum(resampled.map((seed) => seed[resample]!)) / seeds.length);
  const own = resampled.map((seed) => sampleVariance([...seed.map((score, resample) => score - means[resample]!)]));
  const isOne = seeds.length === 1;
  return {
    arm,
    agreed: agreedOf(seeds),
    scores,
    resampled: means,
    seedVariance: isOne ? 0 : sampleVariance(scores),
    ownVariance: isOne ? 0 : sum(own) / (seeds.length - 1),
  };
}

function agreedOf(seeds: ArmAnswers["seeds"]): (Answer | undefined)[] {
  const [first, ...others] = seeds.map((splits) => splits.flatMap(({ predictions }) => predictions));
  return first!.map((answer, example) => (others.every((other) => other[example] === answer) ? answer : undefined));
}

const asEvaluation = ({ split, references, predictions, groups }: SplitAnswers): Evaluation => ({
  name: split as Evaluation["name"],
  references,
  groups,
  predictions: predictions.map((prediction) => prediction ?? undefined),
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

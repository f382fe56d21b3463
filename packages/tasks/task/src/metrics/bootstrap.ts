import type { ScoredTask } from "../task.js";
import { type Evaluation, scoreTask } from "./score.js";

/** The interval that contains a task's score (0 to 100) in `level` of the resamples of its evaluation examples. */
export interface ScoreInterval {
  readonly low: number;
  readonly high: number;
  readonly level: number;
  readonly resamples: number;
}

/** `count` whole numbers, each uniform on 0..below-1. */
export type DrawIntegers = (count: number, below: number) => readonly number[];

/**
 * Percentile bootstrap of a task's score: `resamples` times, each split's examples are drawn with replacement, as many as there are,
 * and scored with the task's metrics; the interval ends at the quantiles `(1 - level) / 2` and `(1 + level) / 2`. It shows how much the
 * score depends on the examples, not on the seed of training.
 *
 * Efron and Tibshirani 1993, chapter 13. @throws {TaskError} `E_TASK_SCORE` as `scoreTask`.
 */
export function bootstrapInterval(
  task: ScoredTask,
  evaluations: readonly Evaluation[],
  draw: DrawIntegers,
  { level = 0.95, resamples = 1000 } = {},
): ScoreInterval {
  const scores = Array.from({ length: resamples }, () => scoreTask(task, evaluations.map(resampled)).score);
  scores.sort((a, b) => a - b);
  const tail = Math.floor(((1 - level) / 2) * resamples);
  return { low: scores[tail]!, high: scores[resamples - 1 - tail]!, level, resamples };

  function resampled({ name, predictions, references }: Evaluation): Evaluation {
    const rows = draw(references.length, references.length);
    return {
      name,
      predictions: rows.map((row) => predictions[row]),
      references: rows.map((row) => references[row]!),
    };
  }
}

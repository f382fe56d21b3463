import type { ScoredTask } from "../task.js";
import { type Evaluation, scoreTask } from "./score.js";
import { textScorer } from "./text-scorer.js";

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
  const scoreOnce =
    task.target.kind === "text" ? textScores(task, evaluations, draw) : numberScores(task, evaluations, draw);
  const scores = Array.from({ length: resamples }, scoreOnce);
  scores.sort((a, b) => a - b);
  const tail = Math.floor(((1 - level) / 2) * resamples);
  return { low: scores[tail]!, high: scores[resamples - 1 - tail]!, level, resamples };
}

function numberScores(task: ScoredTask, evaluations: readonly Evaluation[], draw: DrawIntegers): () => number {
  return () => scoreTask(task, evaluations.map(resampled)).score;

  function resampled({ name, predictions, references }: Evaluation): Evaluation {
    const rows = draw(references.length, references.length);
    return {
      name,
      predictions: rows.map((row) => predictions[row]),
      references: rows.map((row) => references[row]!),
    };
  }
}

/** Texts are compared once; a resample adds up what came of it. */
function textScores({ metrics }: ScoredTask, evaluations: readonly Evaluation[], draw: DrawIntegers): () => number {
  const scorer = textScorer(metrics);
  const splits = evaluations.map(({ predictions, references }) =>
    predictions.map((text, row) => scorer.example(String(text ?? ""), references[row] as readonly string[])),
  );
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return () =>
    mean(
      splits.map((examples) => {
        const drawn = draw(examples.length, examples.length).map((row) => examples[row]!);
        return 100 * mean(scorer.metrics(drawn));
      }),
    );
}

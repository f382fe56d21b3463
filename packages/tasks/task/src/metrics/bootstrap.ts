import { rowsByGroup } from "../load/groups.js";
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
 * score depends on the examples, not on the seed of training. Of examples in groups, whole groups are drawn, as many as there are.
 *
 * Efron and Tibshirani 1993, chapter 13; for groups Davison and Hinkley 1997, section 3.8. @throws {TaskError} `E_TASK_SCORE` as `scoreTask`.
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

  function resampled({ name, predictions, references, groups }: Evaluation): Evaluation {
    const drawn = drawnRows(references.length, groups, draw);
    const rows = drawn.flat();
    return {
      name,
      predictions: rows.map((row) => predictions[row]),
      references: rows.map((row) => references[row]!),
      // a group that is drawn twice is two groups
      ...(groups !== undefined && { groups: drawn.flatMap((group, index) => group.map(() => index)) }),
    };
  }
}

/** A resample's rows, group by group; without groups each row is one. */
function drawnRows(
  examples: number,
  groups: readonly number[] | undefined,
  draw: DrawIntegers,
): readonly (readonly number[])[] {
  if (groups === undefined) return [[...draw(examples, examples)]];
  const rows = rowsByGroup(groups);
  return draw(rows.length, rows.length).map((group) => rows[group]!);
}

/** Texts are compared once; a resample adds up what came of it. */
function textScores({ metrics }: ScoredTask, evaluations: readonly Evaluation[], draw: DrawIntegers): () => number {
  const scorer = textScorer(metrics);
  const splits = evaluations.map(({ predictions, references, groups }) => ({
    examples: predictions.map((text, row) => scorer.example(String(text ?? ""), references[row] as readonly string[])),
    groups,
  }));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return () =>
    mean(
      splits.map(({ examples, groups }) => {
        const drawn = drawnRows(examples.length, groups, draw)
          .flat()
          .map((row) => examples[row]!);
        return 100 * mean(scorer.metrics(drawn));
      }),
    );
}

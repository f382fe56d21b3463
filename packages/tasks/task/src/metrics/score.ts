import { TaskError } from "../errors.js";
import type { Prediction, Reference } from "../load/example.js";
import type { ScoredTask } from "../task.js";
import { computeMetrics } from "./compute.js";
import { type Notice, noticesOf } from "./notices.js";

/** The score of one set of predictions. */
export interface Score {
  /** By metric name: 0..1, correlations -1..1. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Mean of the metrics times 100. */
  readonly score: number;
  /** Number of invalid predictions. */
  readonly invalid: number;
  /** What a reader of the score must know, such as an undefined correlation that is reported as 0. */
  readonly notices: readonly Notice[];
}

/** The predictions for one evaluation split. */
export interface Evaluation {
  readonly name: string;
  /** Class indices, scores or texts; `undefined` for an invalid text. */
  readonly predictions: readonly Prediction[];
  readonly references: readonly Reference[];
  /** A number for each example, the same within a group: whole groups are drawn in a resample. Absent: each example is its own. */
  readonly groups?: readonly number[] | undefined;
}

/** The score of a task over all its evaluation splits. */
export interface TaskScore extends Score {
  /** The task's title; `MNLI-m` or `MNLI-mm` where only one of MNLI's two splits was scored. */
  readonly name: string;
}

/**
 * Scores one set of predictions with the task's metrics.
 *
 * An invalid prediction (`undefined`) is wrong: accuracy and Matthews never match it, F1 takes the other class, and for
 * a correlation it is one less than the lowest score, as in Google's T5.
 *
 * @throws {TaskError} `E_TASK_SCORE` where the lists are empty or differ in length, a prediction is not finite, or a metric of groups
 *   has none.
 */
export function score(
  task: ScoredTask,
  predictions: readonly Prediction[],
  references: readonly Reference[],
  groups?: readonly number[],
): Score {
  checkPairs(task, predictions, references);
  checkGroups(task, references.length, groups);
  const values = computeMetrics(task, predictions, references, groups);
  const entries = task.metrics.map((name, index) => [name, values[index]!] as const);
  return {
    metrics: Object.fromEntries(entries),
    score: 100 * mean(entries.map(([, value]) => value)),
    invalid: predictions.filter((prediction) => prediction === undefined).length,
    notices: noticesOf(task, predictions, references),
  };
}

/**
 * Scores a task over its evaluation splits; MNLI's score is the mean of matched and mismatched.
 * Metrics of more than one split are named apart: `accuracy_matched`, `accuracy_mismatched`.
 * @throws {TaskError} `E_TASK_SCORE`.
 */
export function scoreTask(task: ScoredTask, evaluations: readonly Evaluation[]): TaskScore {
  if (evaluations.length === 0) throw new TaskError("E_TASK_SCORE", `${task.title} has no evaluation to score`);
  const scores = evaluations.map((each) => ({
    each,
    result: score(task, each.predictions, each.references, each.groups),
  }));
  const metrics = scores.flatMap(({ each, result }) =>
    Object.entries(result.metrics).map(([name, value]) => [name + suffixOf(each.name), value] as const),
  );
  return {
    name: nameOf(task, evaluations),
    metrics: Object.fromEntries(metrics),
    score: mean(scores.map(({ result }) => result.score)),
    invalid: scores.reduce((sum, { result }) => sum + result.invalid, 0),
    notices: scores.flatMap(({ each, result }) =>
      result.notices.map(({ code, message }) => ({ code, message: `${each.name}: ${message}` })),
    ),
  };
}

function nameOf(task: ScoredTask, evaluations: readonly Evaluation[]): string {
  const [first, ...others] = evaluations;
  if (others.length > 0 || task.evaluations.length === 1 || first!.name === "validation") return task.title;
  return `${task.title}-${first!.name === "dev_matched" ? "m" : "mm"}`;
}

function suffixOf(split: string): string {
  return split.startsWith("dev_") ? split.slice("dev".length) : "";
}

function checkPairs(task: ScoredTask, predictions: readonly Prediction[], references: readonly Reference[]): void {
  const expected = "as many predictions as references, at least one";
  const got = `${predictions.length} predictions and ${references.length} references`;
  if (predictions.length !== references.length || references.length === 0) {
    throw new TaskError("E_TASK_SCORE", `${task.title} cannot be scored`, { expected, got });
  }
  const isNumber = (value: unknown): value is number => typeof value === "number";
  const bad = [...predictions, ...references].filter(isNumber).find((value) => !Number.isFinite(value));
  if (bad === undefined) return;
  throw new TaskError("E_TASK_SCORE", `${task.title} cannot be scored`, {
    expected: "finite numbers",
    got: String(bad),
  });
}

function checkGroups({ title, metrics }: ScoredTask, examples: number, groups: readonly number[] | undefined): void {
  if (groups === undefined ? !metrics.includes("group_exact_match") : groups.length === examples) return;
  throw new TaskError("E_TASK_SCORE", `${title} cannot be scored`, {
    expected: `the group of each of ${examples} examples`,
    got: groups === undefined ? "no groups" : `${groups.length} groups`,
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

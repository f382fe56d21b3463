import {
  accuracy,
  type ClassPrediction,
  f1,
  groupExactMatch,
  macroF1,
  matthews,
  pearson,
  spearman,
} from "@petl/metrics";
import type { Prediction, Reference } from "../load/example.js";
import type { MetricName } from "../metric-names.js";
import type { ScoredTask } from "../task.js";
import { textScorer } from "./text-scorer.js";

type OfNumbers = (
  predictions: readonly ClassPrediction[],
  references: readonly number[],
  task: ScoredTask,
  groups: readonly number[] | undefined,
) => number;

const ofNumbers: Partial<Record<MetricName, OfNumbers>> = {
  accuracy,
  f1,
  matthews,
  group_exact_match: (predictions, references, _, groups) => groupExactMatch(predictions, references, groups ?? []),
  macro_f1: (predictions, references, { target }) =>
    macroF1(predictions, references, target.kind === "class" ? target.labels.length : 0),
  pearson: (predictions, references, task) => pearson(valid(predictions, task), references),
  spearman: (predictions, references, task) => spearman(valid(predictions, task), references),
};

/** Each of a task's metrics, in their order. Predictions and references are of the task's kind, and groups are there if a metric needs them. */
export function computeMetrics(
  task: ScoredTask,
  predictions: readonly Prediction[],
  references: readonly Reference[],
  groups: readonly number[] | undefined,
): readonly number[] {
  if (task.target.kind === "text") {
    const scorer = textScorer(task.metrics);
    return scorer.metrics(
      predictions.map((prediction, row) =>
        scorer.example(String(prediction ?? ""), references[row] as readonly string[]),
      ),
    );
  }
  return task.metrics.map((name) =>
    ofNumbers[name]!(predictions as readonly ClassPrediction[], references as readonly number[], task, groups),
  );
}

/** Scores with an invalid answer as one below every valid score. */
export function valid(predictions: readonly ClassPrediction[], { target }: ScoredTask): number[] {
  const invalid = (target.kind === "score" ? target.minimum : 0) - 1;
  return predictions.map((prediction) => prediction ?? invalid);
}

import { checkPairs, MetricError } from "./errors.js";

/**
 * Mean of the F1 of each class that a prediction or a reference has, 0..1: `f1_score(average="macro")` of scikit-learn.
 *
 * A class that neither list has does not count. One that only one list has is 0. An invalid prediction (`undefined`) misses its
 * reference and is no class of its own, as with T5's `labels`.
 *
 * @param predictions class indexes 0..classes-1, or `undefined`.
 * @param references class indexes 0..classes-1, as many.
 * @throws {MetricError} `E_METRIC_PAIRS`, `E_METRIC_CLASS`.
 */
export function macroF1(
  predictions: readonly (number | undefined)[],
  references: readonly number[],
  classes: number,
): number {
  checkPairs("macro F1", predictions, references);
  const predicted = countOf(predictions, classes);
  const expected = countOf(references, classes);
  const right = countOf(
    references.filter((reference, row) => predictions[row] === reference),
    classes,
  );
  // 2 TP + FP + FN is the number of times that either list names the class
  const scores = expected
    .map((count, label) => ({ named: count + predicted[label]!, hits: right[label]! }))
    .filter(({ named }) => named > 0)
    .map(({ named, hits }) => (2 * hits) / named);
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

function countOf(labels: readonly (number | undefined)[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) {
    if (label === undefined) continue;
    if (counts[label] === undefined) throw badClass(label, classes);
    counts[label] += 1;
  }
  return counts;
}

function badClass(label: number, classes: number): MetricError {
  return new MetricError("E_METRIC_CLASS", "macro F1", {
    expected: `class indexes from 0 to ${classes - 1}`,
    got: String(label),
    remedy: "give undefined for an answer that is no class",
  });
}

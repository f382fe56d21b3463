/** A predicted class index, or `undefined` for a generated text that is no label. */
export type ClassPrediction = number | undefined;

/** Share of predictions equal to the reference, 0..1; an invalid one is wrong. */
export function accuracy(predictions: readonly ClassPrediction[], references: readonly number[]): number {
  const right = references.filter((reference, row) => predictions[row] === reference).length;
  return right / references.length;
}

/**
 * F1 of class 1: `2 TP / (2 TP + FP + FN)`, 0..1, and 0 where that is 0 / 0 (scikit-learn's default).
 * An invalid prediction counts as the wrong one of the two classes, `1 - reference`, as in Google's T5.
 */
export function f1(predictions: readonly ClassPrediction[], references: readonly number[]): number {
  let hits = 0;
  let errors = 0;
  references.forEach((reference, row) => {
    const prediction = predictions[row] ?? 1 - reference;
    if (prediction !== reference) errors += 1;
    else if (reference === 1) hits += 1;
  });
  return hits === 0 ? 0 : (2 * hits) / (2 * hits + errors);
}

/**
 * Matthews correlation for any number of classes, Gorodkin's R_K, -1..1; the binary coefficient for two.
 *
 * With `t` and `p` the counts of references and predictions by class, `c` right ones out of `n`:
 * `(c n - t.p) / sqrt((n^2 - t.t) (n^2 - p.p))`, and 0 where predictions or references are constant, as in scikit-learn.
 * Invalid predictions are a class of their own, which is never right, as in Google's T5 (its -1).
 */
export function matthews(predictions: readonly ClassPrediction[], references: readonly number[]): number {
  const n = references.length;
  const predicted = countByClass(references.map((_, row) => predictions[row] ?? -1));
  const expected = countByClass(references);
  const right = accuracy(predictions, references) * n;
  const overlap = [...expected].reduce((sum, [label, count]) => sum + count * (predicted.get(label) ?? 0), 0);
  const spread = (n * n - sumOfSquares(expected)) * (n * n - sumOfSquares(predicted));
  return spread === 0 ? 0 : (Math.round(right) * n - overlap) / Math.sqrt(spread);
}

function countByClass(labels: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

function sumOfSquares(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count * count, 0);
}

import type { MetricName } from "@petl/task";

/** How often each reference met each prediction. */
export interface Confusion {
  /** Class indices; null: no valid answer. */
  readonly labels: readonly (number | null)[];
  /** (reference, prediction) by position in `labels`. */
  readonly counts: Int32Array;
}

/** The metrics of @petl/glue for classes, from counts: 0..1, Matthews -1..1. */
export const confusionMetrics: Partial<Record<MetricName, (confusion: Confusion) => number>> = {
  accuracy: (confusion) => rightOf(confusion) / total(confusion.counts),
  f1({ labels, counts }) {
    const positive = labels.indexOf(1);
    const hits = positive < 0 ? 0 : counts[positive * (labels.length + 1)]!;
    const errors = total(counts) - rightOf({ labels, counts });
    return hits === 0 ? 0 : (2 * hits) / (2 * hits + errors);
  },
  macro_f1({ labels, counts }) {
    const named = labels.flatMap((label, index) => {
      if (label === null) return [];
      const row = total(counts.subarray(index * labels.length, (index + 1) * labels.length));
      const column = total(counts.filter((_, cell) => cell % labels.length === index));
      return row + column === 0 ? [] : [(2 * counts[index * (labels.length + 1)]!) / (row + column)];
    });
    return named.reduce((sum, value) => sum + value, 0) / named.length;
  },
  matthews({ labels, counts }) {
    const n = total(counts);
    const expected = labels.map((_, row) => total(counts.subarray(row * labels.length, (row + 1) * labels.length)));
    const predicted = labels.map((_, column) => total(counts.filter((_, cell) => cell % labels.length === column)));
    const product = (a: readonly number[], b: readonly number[]) => a.reduce((sum, each, i) => sum + each * b[i]!, 0);
    const spread = (n * n - product(expected, expected)) * (n * n - product(predicted, predicted));
    const overlap = product(expected, predicted);
    return spread === 0 ? 0 : (rightOf({ labels, counts }) * n - overlap) / Math.sqrt(spread);
  },
};

function rightOf({ labels, counts }: Confusion): number {
  return labels.reduce<number>((sum, _, label) => sum + counts[label * (labels.length + 1)]!, 0);
}

function total(counts: Int32Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

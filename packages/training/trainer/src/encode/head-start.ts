import type { Task } from "@petl/task";

/**
 * What a task's head answers before it has learnt anything, one value an output: the mean score of the training examples, or the logarithm
 * of each class's share of them, where a class that has none counts as half an example. A head that begins there does not spend its first
 * updates on the constant answer, which takes hundreds where scores lie far from 0.
 */
export function headStartOf({ target }: Task, labels: readonly number[]): readonly number[] {
  if (target.kind === "text") return [];
  if (target.kind === "score") return [labels.reduce((sum, label) => sum + label, 0) / labels.length];
  const counts = target.labels.map((_, index) => labels.filter((label) => label === index).length);
  const weights = counts.map((count) => Math.max(count, 0.5));
  const total = weights.reduce((sum, weight) => sum + weight);
  return weights.map((weight) => Math.log(weight / total));
}

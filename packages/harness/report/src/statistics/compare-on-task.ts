import type { CompareOptions, Difference, TaskAnswers } from "./comparison.js";

/** All pairs of arms on one task, in the order of the arms. */
export function compareOnTask(_answers: TaskAnswers, _options: CompareOptions = {}): readonly Difference[] {
  throw new Error("compareOnTask: to come on this branch");
}

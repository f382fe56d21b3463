import type { CompareOptions, Difference, TaskAnswers } from "./comparison.js";

/** All pairs of the arms that have every task, by the mean of their scores over the tasks. */
export function compareOverTasks(_tasks: readonly TaskAnswers[], _options: CompareOptions = {}): readonly Difference[] {
  throw new Error("compareOverTasks: to come on this branch");
}

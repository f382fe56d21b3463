import { glueTasks } from "@petl/glue/tasks";
import type { RunRecord } from "@petl/results";
import type { ScoredTask } from "@petl/task";

/** What a record's answers are scored by; a record without it is of GLUE, or is older and cannot be scored again: null. */
export function scoredTaskOf({ task, run }: Pick<RunRecord, "task" | "run">): ScoredTask | null {
  return task ?? glueTasks.find(({ name }) => name === run.task) ?? null;
}

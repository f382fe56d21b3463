import { TaskError } from "../errors.js";
import type { Example } from "../load/example.js";
import type { Task } from "../task.js";

/** An example's class index or score. @throws {TaskError} `E_TASK_LABEL` where it has none. */
export function labelOf(task: Task, example: Example): number {
  if (example.label !== undefined) return example.label;
  throw new TaskError("E_TASK_LABEL", `row ${example.index} of ${task.title} has no label to write as a target`);
}

/** The text to train on. @throws {TaskError} `E_TASK_LABEL` where an example has none. */
export function textOf(task: Task, { index, texts }: Example): string {
  if (texts?.[0] !== undefined) return texts[0];
  throw new TaskError("E_TASK_LABEL", `row ${index} of ${task.title} has no text to write as a target`);
}

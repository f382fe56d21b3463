import { quote, TaskError } from "@petl/task";
import type { GlueTask } from "../task.js";

/**
 * A function from a label in a task's files to a class index or score.
 * @throws {TaskError} `E_TASK_LABEL` for a label outside the task.
 */
export function labelReader(task: GlueTask): (text: string, file: string, line: number) => number {
  const { target } = task;
  if (target.kind === "class") {
    const classes = new Map(target.labels.map((label, index) => [label.file, index]));
    const expected = `one of ${target.labels.map((label) => label.file).join(", ")}`;
    return (text, file, line) => classes.get(text) ?? refuse(task, text, expected, file, line);
  }
  const { minimum, maximum } = target;
  const expected = `a number from ${minimum} to ${maximum}`;
  return (text, file, line) => {
    const score = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    return score >= minimum && score <= maximum ? score : refuse(task, text, expected, file, line);
  };
}

function refuse(task: GlueTask, text: string, expected: string, file: string, line: number): never {
  const remedy = "the file is damaged or belongs to another task";
  throw new TaskError("E_TASK_LABEL", `not a label of ${task.title}`, {
    file,
    line,
    expected,
    got: quote(text),
    remedy,
  });
}

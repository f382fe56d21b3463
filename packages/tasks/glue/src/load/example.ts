import { GlueError, quote } from "../errors.js";
import type { Task } from "../task.js";

/** One row of a GLUE file. */
export interface Example {
  /** Position among the data rows of its split's file, from 0; dropped rows count. */
  readonly index: number;
  /** Texts by field name, exactly as in the file. */
  readonly sentences: Readonly<Record<string, string>>;
  /** Class index (Hugging Face's order), or the score of a regression task; `undefined` where there is no label. */
  readonly label: number | undefined;
}

/**
 * A function from a label in a task's files to a class index or score.
 * @throws {GlueError} `E_GLUE_LABEL` for a label outside the task.
 */
export function labelReader(task: Task): (text: string, file: string, line: number) => number {
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

function refuse(task: Task, text: string, expected: string, file: string, line: number): never {
  const remedy = "the file is damaged or belongs to another task";
  throw new GlueError("E_GLUE_LABEL", `not a label of ${task.title}`, {
    file,
    line,
    expected,
    got: quote(text),
    remedy,
  });
}

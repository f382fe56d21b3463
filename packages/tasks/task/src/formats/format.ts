import type { Example, Prediction } from "../load/example.js";
import type { Task } from "../task.js";
import type { TextFormatName } from "./names.js";

/** Turns a task into text to text, and a generated text back into a prediction. */
export interface TextFormat {
  readonly kind: "text";
  readonly name: TextFormatName;
  /** The text a model reads. */
  source(task: Task, example: Example): string;
  /** `source` as the only text. */
  segments(task: Task, example: Example): readonly [string];
  /**
   * The text a model must write after the source; one of `labelTexts`. Throws `TaskError` `E_TASK_LABEL` without a label.
   */
  target(task: Task, example: Example): string;
  /**
   * All valid target texts: by class index, or ascending for a score; none where any text is. Those of a format for decoders start with the
   * space that separates them from the source.
   */
  labelTexts(task: Task): readonly string[];
  /** Class index or score of a generated text, or the text, white space at its ends apart; `undefined` where it is not valid. */
  parse(task: Task, text: string): Prediction;
}

/** Gives a task's texts as they are, to a model whose head answers with a class or a number. */
export interface SegmentFormat {
  readonly kind: "segments";
  readonly name: "segments";
  /** One text or two, in the data set's order. */
  segments(task: Task, example: Example): readonly [string] | readonly [string, string];
  /** Class index or score. Throws `TaskError` `E_TASK_LABEL` without a label. */
  label(task: Task, example: Example): number;
}

export type Format = TextFormat | SegmentFormat;

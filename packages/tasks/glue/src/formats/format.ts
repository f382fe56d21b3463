import type { Example } from "../load/example.js";
import type { Task } from "../task.js";
import type { TextFormatName } from "./names.js";

/** Turns a task into text to text, and a generated text back into a prediction. */
export interface TextFormat {
  readonly name: TextFormatName;
  /** The text the encoder reads. */
  source(task: Task, example: Example): string;
  /** The text the decoder must write; one of `labelTexts`. Throws `GlueError` `E_GLUE_LABEL` without a label. */
  target(task: Task, example: Example): string;
  /** All valid target texts: by class index, or ascending for a score. */
  labelTexts(task: Task): readonly string[];
  /** Class index or score of a generated text, white space at its ends apart; `undefined` where it is not valid. */
  parse(task: Task, text: string): number | undefined;
}

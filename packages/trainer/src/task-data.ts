import type { Tokenizer } from "@petl/checkpoint";
import {
  findFormat,
  type LoadedTask,
  type Prediction,
  type Split,
  type SplitName,
  scoreTask,
  type Task,
} from "@petl/glue";
import type { TrainSettings } from "./settings.js";

/** One example as token ids, the end of sequence included. */
export interface TokenizedExample {
  readonly source: readonly number[];
  readonly target: readonly number[];
}

export interface EvaluationSet {
  readonly name: SplitName;
  readonly examples: readonly TokenizedExample[];
  /** Class indices or scores. */
  readonly references: readonly number[];
}

/** A task as a trainer needs it: token ids in, text predictions out, a score of those. */
export interface TaskData {
  readonly name: string;
  readonly train: readonly TokenizedExample[];
  readonly evaluations: readonly EvaluationSet[];
  /** Every valid answer. */
  readonly labels: readonly { readonly text: string; readonly ids: readonly number[] }[];
  /** A predicted text as a class index or score; undefined where it is no valid answer. */
  parse(text: string): Prediction;
  /** Score 0-100 and metrics of predictions, one list for each evaluation set. */
  score(predictions: readonly (readonly Prediction[])[]): {
    score: number;
    metrics: Readonly<Record<string, number>>;
    invalid: number;
  };
  /** Text of token ids, for free decoding. */
  decode(ids: readonly number[]): string;
}

/** Writes a task's examples as text, in the format named, and the text as token ids. */
export function prepareTask(
  { task, train, evaluations }: LoadedTask,
  tokenizer: Tokenizer,
  formatName: string,
  { maxLength, maxTargetLength }: Pick<TrainSettings, "maxLength" | "maxTargetLength">,
): TaskData {
  const format = findFormat(formatName);
  const tokenize = (split: Split, of: Task): TokenizedExample[] =>
    split.examples.map((example) => ({
      source: tokenizer.encode(format.source(of, example), { maxLength }),
      target: tokenizer.encode(format.target(of, example), { maxLength: maxTargetLength }),
    }));
  const sets = evaluations.map((split) => ({
    name: split.name,
    examples: tokenize(split, task),
    references: split.examples.map(({ label }) => label!),
  }));
  return {
    name: task.name,
    train: tokenize(train, task),
    evaluations: sets,
    labels: format
      .labelTexts(task)
      .map((text) => ({ text, ids: tokenizer.encode(text, { maxLength: maxTargetLength }) })),
    parse: (text) => format.parse(task, text),
    score: (predictions) =>
      scoreTask(
        task,
        sets.map(({ name, references }, index) => ({ name, references, predictions: predictions[index]! })),
      ),
    decode: (ids) => tokenizer.decode(ids),
  };
}

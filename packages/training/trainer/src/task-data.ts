import type { Tokenizer } from "@petl/checkpoint";
import {
  bootstrapInterval,
  type DrawIntegers,
  type Example,
  findFormat,
  type LoadedTask,
  type Notice,
  type Prediction,
  type ScoreInterval,
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
    notices: readonly Notice[];
  };
  /** How far the score hangs on the examples: it is drawn anew from them with `draw`. */
  interval(predictions: readonly (readonly Prediction[])[], draw: DrawIntegers): ScoreInterval;
  /** Text of token ids, for free decoding. */
  decode(ids: readonly number[]): string;
}

/** Unlabelled examples of a task as token ids, and how answers to them are read. */
export interface TaskTexts extends Pick<TaskData, "labels" | "parse" | "decode"> {
  /** Targets are the end of sequence alone. */
  readonly examples: readonly TokenizedExample[];
}

/** Writes unlabelled examples as text, in the format named, and the text as token ids. */
export function prepareTexts(
  task: Task,
  examples: readonly Example[],
  tokenizer: Tokenizer,
  formatName: string,
  lengths: Lengths,
): TaskTexts {
  const format = findFormat(formatName);
  return {
    examples: examples.map((example) => ({
      source: tokenizer.encode(format.source(task, example), { maxLength: lengths.maxLength }),
      target: tokenizer.encode(""),
    })),
    ...answersOf(task, tokenizer, formatName, lengths),
  };
}

type Lengths = Pick<TrainSettings, "maxLength" | "maxTargetLength">;

function answersOf(
  task: Task,
  tokenizer: Tokenizer,
  formatName: string,
  { maxTargetLength }: Lengths,
): Pick<TaskData, "labels" | "parse" | "decode"> {
  const format = findFormat(formatName);
  return {
    labels: format
      .labelTexts(task)
      .map((text) => ({ text, ids: tokenizer.encode(text, { maxLength: maxTargetLength }) })),
    parse: (text) => format.parse(task, text),
    decode: (ids) => tokenizer.decode(ids),
  };
}

/** Writes a task's examples as text, in the format named, and the text as token ids. */
export function prepareTask(
  { task, train, evaluations }: LoadedTask,
  tokenizer: Tokenizer,
  formatName: string,
  lengths: Lengths,
): TaskData {
  const format = findFormat(formatName);
  const tokenize = (split: Split): TokenizedExample[] =>
    split.examples.map((example) => ({
      source: tokenizer.encode(format.source(task, example), { maxLength: lengths.maxLength }),
      target: tokenizer.encode(format.target(task, example), { maxLength: lengths.maxTargetLength }),
    }));
  const sets = evaluations.map((split) => ({
    name: split.name,
    examples: tokenize(split),
    references: split.examples.map(({ label }) => label!),
  }));
  const scored = (predictions: readonly (readonly Prediction[])[]) =>
    sets.map(({ name, references }, index) => ({ name, references, predictions: predictions[index]! }));
  return {
    name: task.name,
    train: tokenize(train),
    evaluations: sets,
    ...answersOf(task, tokenizer, formatName, lengths),
    score: (predictions) => scoreTask(task, scored(predictions)),
    interval: (predictions, draw) => bootstrapInterval(task, scored(predictions), draw),
  };
}

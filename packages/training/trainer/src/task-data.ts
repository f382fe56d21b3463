import {
  bootstrapInterval,
  type DrawIntegers,
  type Example,
  type LoadedTask,
  type Notice,
  type Prediction,
  type ScoreInterval,
  type Split,
  type SplitName,
  scoreTask,
  type Task,
} from "@petl/glue";
import { encoderOf } from "./encode/encoder.js";
import type { Answering, Encoding, TokenizedExample } from "./encode/example.js";

export interface EvaluationSet {
  readonly name: SplitName;
  readonly examples: readonly TokenizedExample[];
  /** Class indices or scores. */
  readonly references: readonly number[];
}

/** A task as a trainer needs it: token ids in, predictions out, a score of those. */
export interface TaskData {
  readonly name: string;
  readonly train: readonly TokenizedExample[];
  readonly evaluations: readonly EvaluationSet[];
  readonly answering: Answering;
  /** Score 0-100 and metrics of predictions, one list for each evaluation set. */
  score(predictions: readonly (readonly Prediction[])[]): {
    score: number;
    metrics: Readonly<Record<string, number>>;
    invalid: number;
    notices: readonly Notice[];
  };
  /** How far the score hangs on the examples: it is drawn anew from them with `draw`. */
  interval(predictions: readonly (readonly Prediction[])[], draw: DrawIntegers): ScoreInterval;
}

/** Unlabelled examples of a task as token ids, and how answers to them are made and read. */
export interface TaskTexts {
  readonly examples: readonly TokenizedExample[];
  readonly answering: Answering;
}

/** Writes unlabelled examples as rows; there is no answer in them. */
export function prepareTexts(task: Task, examples: readonly Example[], encoding: Encoding): TaskTexts {
  const encoder = encoderOf(task, encoding);
  return { examples: examples.map((example) => encoder.unlabelled(example)), answering: encoder.answering };
}

/** Writes a task's examples as rows. */
export function prepareTask({ task, train, evaluations }: LoadedTask, encoding: Encoding): TaskData {
  const encoder = encoderOf(task, encoding);
  const tokenize = (split: Split): TokenizedExample[] => split.examples.map((example) => encoder.labelled(example));
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
    answering: encoder.answering,
    score: (predictions) => scoreTask(task, scored(predictions)),
    interval: (predictions, draw) => bootstrapInterval(task, scored(predictions), draw),
  };
}

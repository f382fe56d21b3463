import {
  bestConstant,
  bootstrapInterval,
  type ConstantScore,
  type DrawIntegers,
  type Example,
  groupsOf,
  type LoadedTask,
  type Notice,
  type Prediction,
  type Reference,
  referenceOf,
  type ScoreInterval,
  type Split,
  scoreTask,
  type Task,
} from "@petl/task";
import { answerLoss } from "./answer/answer-loss.js";
import type { Answer } from "./answer/predict.js";
import { encoderOf } from "./encode/encoder.js";
import type { Answering, Encoding, TokenizedExample } from "./encode/example.js";

export interface EvaluationSet {
  readonly name: string;
  readonly examples: readonly TokenizedExample[];
  readonly references: readonly Reference[];
  /** A number for each example, the same within a group; absent where examples have none. */
  readonly groups?: readonly number[] | undefined;
}

/** Labelled examples that are predicted, and what predictions of them are worth. */
export interface ScoredSets {
  readonly evaluations: readonly EvaluationSet[];
  /** Score 0-100 and metrics of predictions, one list for each evaluation set. */
  score(predictions: readonly (readonly Prediction[])[]): {
    score: number;
    metrics: Readonly<Record<string, number>>;
    invalid: number;
    notices: readonly Notice[];
  };
  /** Mean loss of answers, one list for each evaluation set: `answerLoss` of all examples. */
  loss(answers: readonly (readonly Answer[])[]): number | null;
  /** How far the score hangs on the examples: it is drawn anew from them with `draw`. */
  interval(predictions: readonly (readonly Prediction[])[], draw: DrawIntegers): ScoreInterval;
  /** The best score of one answer to every example. */
  constant(): ConstantScore;
}

/** A task as a trainer needs it: token ids in, predictions out, a score of those. */
export interface TaskData extends ScoredSets {
  readonly name: string;
  readonly train: readonly TokenizedExample[];
  readonly answering: Answering;
  /** Reads the examples that choose nothing, to be scored once at the end; null: the best evaluation is what counts. */
  readonly test: (() => Promise<ScoredSets>) | null;
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

/** Writes a task's examples as rows; those that `loadTest` reads only when they are scored. */
export function prepareTask(
  { task, train, evaluations }: LoadedTask,
  encoding: Encoding,
  loadTest: (() => Promise<readonly Split[]>) | null = null,
): TaskData {
  const encoder = encoderOf(task, encoding);
  const tokenize = (split: Split): TokenizedExample[] => split.examples.map((example) => encoder.labelled(example));
  const setsOf = (splits: readonly Split[]): ScoredSets => {
    const sets = splits.map((split) => ({
      name: split.name,
      examples: tokenize(split),
      references: split.examples.map(referenceOf),
      groups: groupsOf(split.examples),
    }));
    const scored = (predictions: readonly (readonly Prediction[])[]) =>
      sets.map(({ name, references, groups }, index) => ({
        name,
        references,
        groups,
        predictions: predictions[index]!,
      }));
    return {
      evaluations: sets,
      score: (predictions) => scoreTask(task, scored(predictions)),
      loss: (answers) =>
        answerLoss(
          task.target.kind,
          answers.flat(),
          sets.flatMap(({ references }) => references),
        ),
      interval: (predictions, draw) => bootstrapInterval(task, scored(predictions), draw),
      constant: () => bestConstant(task, sets),
    };
  };
  return {
    name: task.name,
    train: tokenize(train),
    answering: encoder.answering,
    ...setsOf(evaluations),
    test: loadTest === null ? null : async () => setsOf(await loadTest()),
  };
}

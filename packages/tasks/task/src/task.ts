import type { MetricName } from "./metric-names.js";

/** One class: how the files write it and the word a model that answers in text writes. */
export interface Label {
  readonly file: string;
  readonly word: string;
}

/** Classes (the class index is the position), a score between two bounds, or a text of the model's own words. */
export type Target =
  | { readonly kind: "class"; readonly labels: readonly Label[] }
  | {
      readonly kind: "score";
      readonly minimum: number;
      readonly maximum: number;
      /** Scores written as text are multiples of it. */
      readonly step: number;
    }
  | { readonly kind: "text" };

/** How a task is put to a decoder in words. */
export interface Prompt {
  /** The text up to and with `Answer:`; `{field}` stands for a text, `{field:sentence}` for it with a full stop at its end. */
  readonly text: string;
  /** The answer of each class, by index; absent: its word. */
  readonly answers?: readonly string[];
}

/** A collection in which tasks are published. */
export interface Collection {
  readonly title: string;
  /** The means over tasks that are published under a name; one may be given only where each of its tasks has a score. */
  readonly means: readonly { readonly name: string; readonly tasks: readonly string[] }[];
}

/**
 * What is asked of a text or two and how answers are scored: a value that JSON can hold, the same for every model and method. Where the
 * rows come from is added by the package that reads them.
 */
export interface Task {
  /** Short, for flags, records and file names: `sst2`. */
  readonly name: string;
  /** The official spelling, for tables. */
  readonly title: string;
  /** What it is published in; absent for a task of one's own. */
  readonly collection?: Collection;
  /** Text fields in the data set's own order. */
  readonly fields: readonly string[];
  readonly target: Target;
  /** The splits a model is evaluated on, in order; each has labels. */
  readonly evaluations: readonly string[];
  /** The task's score is their mean. */
  readonly metrics: readonly MetricName[];
  /** Absent: made of the fields and the labels. */
  readonly prompt?: Prompt;
  /** Whether T5's format writes the fields by name, as Google's does for GLUE and SuperGLUE; default: in their own order. */
  readonly sortsFields?: boolean;
  /** Tokens that a source and an answer need, where a suite does not say how many are kept. */
  readonly lengths?: { readonly source?: number; readonly answer?: number };
  /** The name in front of its texts where that is another's: a diagnostic set is written as the task whose model predicts it. */
  readonly writtenAs?: string;
}

/** As much of a task as its answers are scored by. */
export type ScoredTask = Pick<Task, "name" | "title" | "target" | "evaluations" | "metrics">;

/** One row of a task. */
export interface Example {
  /** Position among the data rows of its split, from 0; dropped rows count. */
  readonly index: number;
  /** Texts by field name, exactly as in the file. */
  readonly sentences: Readonly<Record<string, string>>;
  /** Class index, or the score of a regression task; `undefined` where there is none. */
  readonly label: number | undefined;
  /** Where the answer is a text: those that are right, the one to train on first. */
  readonly texts?: readonly string[];
  /** What examples that belong together have in common, such as a question's answers; absent where none do. */
  readonly group?: string;
}

/** An answer that a model gave: a class index, a score or a text; `undefined` for a text that is none of the task's answers. */
export type Prediction = number | string | undefined;

/** What an answer is compared with: a class index, a score, or the texts that are right. */
export type Reference = number | readonly string[];

/** What an example's answer is compared with. The example has one. */
export const referenceOf = ({ label, texts }: Example): Reference => texts ?? label!;

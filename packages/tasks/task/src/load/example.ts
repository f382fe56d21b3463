/** One row of a task. */
export interface Example {
  /** Position among the data rows of its split, from 0; dropped rows count. */
  readonly index: number;
  /** Texts by field name, exactly as in the file. */
  readonly sentences: Readonly<Record<string, string>>;
  /** Class index, or the score of a regression task; `undefined` where there is no label. */
  readonly label: number | undefined;
}

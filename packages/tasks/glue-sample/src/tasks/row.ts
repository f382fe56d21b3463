import type { Draw } from "../draw.js";

/** One row without columns: the texts in the task's order, and the label as written in the files. */
export interface Row {
  readonly texts: readonly string[];
  readonly label: string;
}

/** Generator of a task's rows. */
export interface TaskGenerator {
  /** Classes, drawn in turn so that they are balanced. */
  readonly labels: readonly string[];
  /** A row of that class; the same draws give the same row. */
  row(draw: Draw, label: string, split: string): Row;
}

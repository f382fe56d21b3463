import type { Draw } from "../draw.js";

/** One row before it gets its columns: the texts in the task's order, and the label as the files write it. */
export interface Row {
  readonly texts: readonly string[];
  readonly label: string;
}

/** How rows of a task are made. */
export interface TaskGenerator {
  /** Classes, drawn in turn so that they are balanced. */
  readonly labels: readonly string[];
  /** A row of that class; the same draws give the same row. */
  row(draw: Draw, label: string, split: string): Row;
}

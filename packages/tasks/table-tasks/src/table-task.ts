import type { Task } from "@petl/task";

/** A task whose rows are in tables. */
export interface TableTask extends Task {
  readonly layout: "table";
  /** Column of each text field. */
  readonly columns: Readonly<Record<string, string>>;
  /** Column of the answers. */
  readonly label: string;
  /** Columns whose values together name the group of a row; absent where rows stand alone. */
  readonly group?: readonly string[];
  /** Whether rows with the same texts are one example, of every split but `train`. */
  readonly mergeRows?: boolean;
  /** Files of each split, absolute. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  /** The share of the training file's rows that are the split `test`; null: it has files of its own. */
  readonly cut: number | null;
}

export const isTableTask = (task: Task): task is TableTask => (task as Partial<TableTask>).layout === "table";

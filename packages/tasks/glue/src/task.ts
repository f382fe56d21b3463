import type { Target, Task } from "@petl/task";

/** A column: by name in the header row, or by 0-based position in a file that has no header. */
export type Column = string | number;

/** A split that is cut out of a larger file by a list of pairs of ids (MRPC). */
export interface PairSelection {
  /** The file with all rows. */
  readonly file: string;
  /** The file with two ids a line, without header. */
  readonly pairs: string;
  /** The columns that hold the ids. */
  readonly idColumns: readonly [Column, Column];
  /** Whether the split holds the listed pairs or all others. */
  readonly keep: "listed" | "others";
}

/** A split's files and their layout; what is absent here is as in the {@link GlueTask}. */
export interface SplitLayout {
  /** File names inside the task's folder; the first that exists is read. */
  readonly files: readonly string[];
  /** Rows in the official release, those with a declared defect apart. */
  readonly officialRows: number;
  /** Column of each text field. */
  readonly columns?: Readonly<Record<string, Column>>;
  /** Column of the label, `null` where the file has none. */
  readonly label?: Column | null;
  /** Number of columns of a file without header. */
  readonly headerless?: number;
  /** Taken when none of `files` exists. */
  readonly selection?: PairSelection;
  /** The split may be absent. */
  readonly optional?: boolean;
}

/** Known defects of the official files. Everything else that is malformed is refused. */
interface KnownDefects {
  /** Rows with fewer columns than the header, or no label, are dropped and counted. */
  readonly missingField?: "drop";
  /** An empty text is kept as it is. */
  readonly emptyText?: "keep";
}

/** A file to download: an archive that holds the task's folder, or a plain file and its name in that folder. */
interface Address {
  /** Path below the host, `https://dl.fbaipublicfiles.com/` unless overridden. */
  readonly path: string;
  /** File name in the task's folder; absent for an archive. */
  readonly saveAs?: string;
}

/** A GLUE task: the task, and where the official release has its rows. */
export interface GlueTask extends Task {
  readonly layout: "glue";
  readonly target: Exclude<Target, { kind: "text" }>;
  /** The folder of the official release. */
  readonly folder: string;
  /** Column of each text field. */
  readonly columns: Readonly<Record<string, Column>>;
  readonly label: Column;
  readonly splits: Readonly<Record<string, SplitLayout>>;
  readonly defects: KnownDefects;
  readonly download: readonly Address[];
}

export const isGlueTask = (task: Task): task is GlueTask => (task as Partial<GlueTask>).layout === "glue";

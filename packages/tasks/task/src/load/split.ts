import type { Example } from "./example.js";

/** The file that was read, for the record of a run. */
export interface SourceFile {
  readonly path: string;
  readonly sha256: string;
  /** Usable rows of the split, before any limit; rows that are one example count once. */
  readonly rows: number;
  /** Rows of the official release, more than `rows` where the file is a subset; null where there is none. */
  readonly officialRows: number | null;
}

export interface Split {
  /** `train`, `validation` for what was held out of train, or as the task names it. */
  readonly name: string;
  readonly examples: readonly Example[];
  /** Rows dropped for a defect that the task declares. */
  readonly dropped: number;
  readonly file: SourceFile;
}

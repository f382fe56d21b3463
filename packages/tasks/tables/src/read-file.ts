import type { Cell, Column, Place } from "./table.js";

/** What the reader of one file needs from, and tells, the reader of a table. */
export interface FileRead {
  readonly path: string;
  /** Size of the file in bytes, as it was when it was opened. */
  readonly size: number;
  readonly descriptor: number;
  readonly gzipped: boolean;
  /** Whether a double quote begins a quoted field. */
  readonly quotes: boolean;
  /** Columns of the files before this one; undefined in the first. */
  readonly known: readonly Column[] | undefined;
  /** Must be called once, before the first row. */
  readonly onColumns: (columns: readonly Column[]) => void;
  readonly onRow: (values: Record<string, Cell>, place: Place) => void;
  /** Called with the bytes read so far of this file; throws where the caller has aborted. */
  readonly onBytes: (bytes: number) => void;
}

/** Reads one file; resolves to the SHA-256 of its bytes in hexadecimal digits. */
export type ReadFile = (read: FileRead) => Promise<string>;

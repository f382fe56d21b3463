import { createHash } from "node:crypto";
import { closeSync, fstatSync, statSync } from "node:fs";
import { openRegular } from "@petl/files";
import { checkSame } from "./columns.js";
import { count, TableError, unreadable } from "./errors.js";
import { endings, type Format, formatOf } from "./format.js";
import { checkShards, filesOfFolder } from "./list-files.js";
import type { Cell, Column, Place, Row } from "./table.js";

/** 32 GiB. */
const mostBytes = 2 ** 35;

export interface Progress {
  /** Bytes read of all files, compressed as they are. */
  readonly bytes: number;
  readonly totalBytes: number;
  readonly rows: number;
}

export interface ReadTableOptions {
  /** Called once, before the first row. */
  readonly onColumns?: (columns: readonly Column[]) => void;
  readonly onRow: (row: Row) => void;
  /** Called about once per MiB. */
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal | undefined;
  /** Whether `"` begins a quoted field; default true for CSV, false for TSV. The other formats ignore it. */
  readonly quotes?: boolean | undefined;
}

export interface TableSummary {
  /** SHA-256 in hexadecimal digits: of the file's bytes; of several files, of their digests, each on a line of its own. */
  readonly sha256: string;
  readonly rows: number;
  readonly columns: readonly Column[];
}

/**
 * Reads the rows of a table in order and keeps none: of one file, of several files, or of a folder of files in name order.
 *
 * @throws {TableError} for files that cannot be read as a table, naming file and place; the signal's reason; what a callback throws
 */
export async function readTable(path: string | readonly string[], options: ReadTableOptions): Promise<TableSummary> {
  const files = filesOf(path).map((file) => ({ file, ...inspect(file) }));
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  let known: readonly Column[] | undefined;
  let [doneBytes, rows] = [0, 0];
  const digests: string[] = [];
  for (const { file, format, size } of files) {
    const onColumns = (columns: readonly Column[]) => {
      if (known !== undefined) return checkSame(known, columns, file);
      known = columns;
      options.onColumns?.(columns);
    };
    const onRow = (values: Record<string, Cell>, place: Place) => {
      rows += 1;
      options.onRow({ values, place });
    };
    const onBytes = (bytes: number) => {
      options.signal?.throwIfAborted();
      options.onProgress?.({ bytes: Math.min(doneBytes + bytes, totalBytes), totalBytes, rows });
    };
    const { gzipped } = format;
    const quotes = options.quotes ?? format.quotes;
    const descriptor = open(file);
    try {
      const read = { path: file, size, descriptor, gzipped, quotes, known, onColumns, onRow, onBytes };
      digests.push(await format.read(read));
    } finally {
      closeSync(descriptor);
    }
    doneBytes += size;
  }
  return { sha256: combine(digests), rows, columns: known ?? [] };
}

function filesOf(path: string | readonly string[]): readonly string[] {
  if (typeof path !== "string") {
    if (path.length === 0) throw new TypeError("readTable: expected at least one file, got none");
    checkShards(path, path[0]!);
    return path;
  }
  try {
    return statSync(path).isDirectory() ? filesOfFolder(path) : [path];
  } catch (error) {
    throw error instanceof TableError ? error : unreadable(path, error);
  }
}

function inspect(file: string): { format: Format; size: number } {
  const format = formatOf(file);
  if (format === undefined) {
    const remedy = "rename or convert the file";
    const details = { file, expected: endings, got: "another ending", remedy };
    throw new TableError("E_TABLE_FORMAT", "the name does not say the format of a table", details);
  }
  const descriptor = open(file);
  const { size } = fstatSync(descriptor);
  closeSync(descriptor);
  if (size <= mostBytes) return { format, size };
  const [expected, got] = [`at most ${count(mostBytes)} bytes`, count(size)];
  throw new TableError("E_TABLE_SIZE", "the file is too large", {
    file,
    expected,
    got,
    remedy: "split it into shards",
  });
}

function open(file: string): number {
  try {
    return openRegular(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function combine(digests: readonly string[]): string {
  if (digests.length === 1) return digests[0]!;
  return createHash("sha256")
    .update(digests.map((digest) => `${digest}\n`).join(""))
    .digest("hex");
}

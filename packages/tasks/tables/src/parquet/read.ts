import { createHash } from "node:crypto";
import { readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { DecodedArray, RowGroup } from "hyparquet";
import { assembleNested } from "hyparquet/src/assemble.js";
import { DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import { quote, TableError, unreadable } from "../errors.js";
import type { FileRead } from "../read-file.js";
import type { Cell } from "../table.js";
import { cellOf } from "./cell.js";
import { readChunk } from "./chunk.js";
import { claim, Damage } from "./damage.js";
import { columnsOf } from "./features.js";
import { type ReadAt, readFooter, wholeNumber } from "./footer.js";
import { type Leaf, type TopColumn, topColumns } from "./schema.js";

const chunkBytes = 1 << 20;
/** Rows between two moments at which the event loop gets its turn. */
const windowRows = 1024;

/** Reads a Parquet file row group by row group, page by page; its hash is computed in a pass of its own, since its footer comes first. */
export async function readParquet(read: FileRead): Promise<string> {
  const { path: file, size } = read;
  const readAt = reading(read.descriptor);
  const sha256 = await digest(read, readAt);
  const { metadata, start } = decoding(file, () => readFooter(readAt, size));
  const columns = decoding(file, () => topColumns(metadata, file));
  const total = decoding(file, () => wholeNumber(metadata.num_rows, Number.MAX_SAFE_INTEGER, "number of rows"));
  const names = columns.map(({ name }) => name);
  read.onColumns(decoding(file, () => columnsOf(names, metadata)));
  let done = 0;
  for (const group of metadata.row_groups) {
    for (const rows of decodingEach(file, readGroup(readAt, columns, group, start))) {
      for (let at = 0; at < rows.count; at++) {
        const place = { file, unit: "row", number: ++done } as const;
        const values: Record<string, Cell> = {};
        for (const [index, name] of names.entries()) values[name] = cellOf(rows.columns[index]![at], name, place);
        read.onRow(values, place);
      }
      read.onBytes(Math.floor(size * Math.min(1, done / total)));
      await setImmediate();
    }
  }
  decoding(file, () => claim(done === total, "it has more or fewer rows than its footer says"));
  return sha256;
}

interface Rows {
  readonly count: number;
  readonly columns: readonly DecodedArray[];
}

interface Cursor {
  readonly leaf: Leaf;
  readonly pages: Iterator<DecodedArray>;
  data: DecodedArray;
  at: number;
}

function* readGroup(readAt: ReadAt, columns: readonly TopColumn[], group: RowGroup, end: number): Generator<Rows> {
  const leaves = columns.flatMap((column) => column.leaves);
  claim(leaves.length === group.columns.length, "a row group has more or fewer columns than its schema");
  const cursors = leaves.map((leaf, index): Cursor => {
    const { file_path: elsewhere, meta_data: about } = group.columns[index]!;
    claim(elsewhere === undefined && about !== undefined, "a column is in another file");
    claim(about.path_in_schema.join("\0") === leaf.path.join("\0"), "its row groups and its schema differ");
    return { leaf, pages: readChunk(readAt, leaf, about, end), data: [], at: 0 };
  });
  for (let left = wholeNumber(group.num_rows, Number.MAX_SAFE_INTEGER, "number of rows"); left > 0; ) {
    for (const cursor of cursors) fill(cursor);
    const count = Math.min(left, windowRows, ...cursors.map(({ data, at }) => data.length - at));
    yield { count, columns: columns.map((column) => assemble(column, cursors, count)) };
    for (const cursor of cursors) cursor.at += count;
    left -= count;
  }
  for (const { pages, data, at } of cursors)
    claim(at === data.length && pages.next().done === true, "a column has more rows than its row group");
}

function fill(cursor: Cursor): void {
  while (cursor.at === cursor.data.length) {
    const next = cursor.pages.next();
    claim(next.done !== true, `column ${quote(cursor.leaf.path[0]!)} has fewer rows than its row group`);
    [cursor.data, cursor.at] = [next.value, 0];
  }
}

/** The next `count` values of a column, its structs and lists put together. */
function assemble({ name, tree, leaves }: TopColumn, cursors: readonly Cursor[], count: number): DecodedArray {
  const own = cursors.filter(({ leaf }) => leaves.includes(leaf));
  const parts = own.map(({ leaf, data, at }) => [leaf.path.join("."), data.slice(at, at + count)] as const);
  if (tree.children.length === 0) return parts[0]![1];
  const byPath = new Map(parts);
  claim(byPath.size === parts.length, "two columns have the same path");
  assembleNested(byPath, tree, DEFAULT_PARSERS);
  const assembled = byPath.get(name);
  claim(assembled?.length === count, "the parts of a column have different rows");
  return assembled;
}

async function digest({ size, onBytes }: FileRead, readAt: ReadAt): Promise<string> {
  const hash = createHash("sha256");
  for (let at = 0; at < size; at += chunkBytes) {
    hash.update(readAt(at, Math.min(chunkBytes, size - at)));
    onBytes(0);
    await setImmediate();
  }
  return hash.digest("hex");
}

function reading(descriptor: number): ReadAt {
  return (offset, length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const got = readSync(descriptor, bytes, at, length - at, offset + at);
      claim(got > 0, "the file ends too early");
      at += got;
    }
    return bytes;
  };
}

/** Does a piece of decoding; whatever it throws, hyparquet's errors of every class included, becomes a `TableError`. */
function decoding<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof TableError) throw cause;
    if ((cause as NodeJS.ErrnoException).syscall !== undefined) throw unreadable(file, cause);
    throw new TableError("E_TABLE_DAMAGED", "the file is damaged, or of a kind of Parquet that is not read", {
      file,
      expected: "whole Parquet data",
      got: cause instanceof Damage ? cause.message : quote((cause as Error).message),
      remedy: "copy it again, or write it again with pyarrow",
      cause,
    });
  }
}

function* decodingEach<T>(file: string, items: Generator<T>): Generator<T> {
  for (;;) {
    const next = decoding(file, () => items.next());
    if (next.done) return;
    yield next.value;
  }
}

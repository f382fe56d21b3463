import type { Hash } from "node:crypto";
import { TableError } from "../errors.js";
import type { FileRead } from "../read-file.js";
import { readContents } from "./contents.js";
import { checkUtf8, lineFeed, withoutMark } from "./utf8.js";

/** 16 MiB: longest line, and longest record of several lines. */
export const longestBytes = 1 << 24;

/** Whole lines of a file, each with its line feed, the last of the file perhaps without. */
export interface Block {
  readonly bytes: Buffer;
  /** Number of its first line, from 1. */
  readonly line: number;
}

/**
 * The lines of a text file in blocks of about 1 MiB, checked to be UTF-8, without a byte order mark; and the hash of the file's bytes,
 * complete after the last block.
 *
 * @throws {TableError} while iterating: `E_TABLE_ENCODING`, `E_TABLE_ROW` for an endless line, as {@link readContents}
 */
export function readBlocks(read: FileRead): { blocks: AsyncIterable<Block>; hash: Hash } {
  const { chunks, hash } = readContents(read);
  return { blocks: wholeLines(read.path, chunks), hash };
}

async function* wholeLines(file: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Block> {
  let [line, parts, waiting] = [1, [] as Buffer[], 0];
  const take = (end: Buffer): Block => {
    const joined = parts.length === 0 ? end : Buffer.concat([...parts, end]);
    [parts, waiting] = [[], 0];
    checkUtf8(joined, line, file);
    const block = { bytes: line === 1 ? withoutMark(joined) : joined, line };
    line += lineFeeds(joined);
    return block;
  };
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(lineFeed) + 1;
    if (end > 0) yield take(chunk.subarray(0, end));
    if (end === chunk.length) continue;
    parts.push(chunk.subarray(end));
    waiting += chunk.length - end;
    if (waiting > longestBytes) throw tooLong(file, line);
  }
  if (waiting > 0) yield take(Buffer.alloc(0));
}

export function tooLong(file: string, line: number): TableError {
  const place = { file, unit: "line", number: line } as const;
  const details = { file, place, expected: "rows of at most 16 MiB", remedy: "is it a text file?" };
  return new TableError("E_TABLE_ROW", "the row does not end", details);
}

function lineFeeds(bytes: Buffer): number {
  let found = 0;
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) found += 1;
  return found;
}

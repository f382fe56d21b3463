import { closeSync, fstatSync, readSync } from "node:fs";
import { FileError } from "./error.js";
import { openRegular } from "./open-regular.js";

/** Bytes for one read where the size is not known ahead, as below `/proc`. */
const leastChunk = 65_536;

/**
 * The bytes of a regular file of at most `mostBytes`; a larger one is refused by its size, unread.
 *
 * @throws FileError E_FILE_KIND, E_FILE_SIZE; the file system's error
 */
export function readBytes(path: string, mostBytes: number): Buffer {
  const descriptor = openRegular(path);
  try {
    const { size } = fstatSync(descriptor);
    if (size > mostBytes) throw tooLarge(path, size, mostBytes);
    const chunks: Buffer[] = [];
    for (let total = 0; ; ) {
      // one byte more than the size finds the end in the same read, or that the file has grown
      const chunk = Buffer.allocUnsafe(Math.max(leastChunk, size - total + 1));
      const got = readSync(descriptor, chunk, 0, chunk.length, null);
      if (got === 0) return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      total += got;
      if (total > mostBytes) throw tooLarge(path, total, mostBytes);
      chunks.push(chunk.subarray(0, got));
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The same as text (UTF-8). */
export function readText(path: string, mostBytes: number): string {
  return readBytes(path, mostBytes).toString("utf8");
}

function tooLarge(path: string, bytes: number, mostBytes: number): FileError {
  return new FileError("E_FILE_SIZE", {
    path,
    expected: `at most ${count(mostBytes)} bytes`,
    got: count(bytes),
    remedy: "check that it is the file you mean",
  });
}

const count = (bytes: number): string => bytes.toLocaleString("en-US");

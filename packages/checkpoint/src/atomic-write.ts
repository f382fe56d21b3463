import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CheckpointError, reasonOf } from "./error.js";

/**
 * Writes a file whole or not at all: to a temporary file beside it, flushed, then renamed over it.
 *
 * @throws CheckpointError E_WRITE_FAILED, after removing the temporary file
 */
export function writeAtomically(path: string, chunks: Iterable<Uint8Array>): void {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(temporary, "wx");
    for (const chunk of chunks) writeWhole(descriptor, chunk);
    fsyncSync(descriptor);
    closeSync(descriptor);
    descriptor = undefined;
    renameSync(temporary, path);
  } catch (cause) {
    if (descriptor !== undefined) closeSync(descriptor);
    rmSync(temporary, { force: true });
    if (cause instanceof CheckpointError) throw cause;
    throw new CheckpointError("E_WRITE_FAILED", {
      file: path,
      expected: "to write it",
      got: reasonOf(cause),
      remedy: "check that the directory exists, can be written and has space left",
      cause,
    });
  }
}

function writeWhole(descriptor: number, chunk: Uint8Array): void {
  let done = 0;
  while (done < chunk.byteLength) {
    done += writeSync(descriptor, chunk, done, Math.min(chunk.byteLength - done, 1 << 30));
  }
}

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
  const file = new AtomicFile(path);
  try {
    for (const chunk of chunks) file.write(chunk);
    file.finish();
  } catch (cause) {
    throw file.abandon(cause);
  }
}

/** The same from chunks that come one after the other. */
export async function writeAtomicallyAsync(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const file = new AtomicFile(path);
  try {
    for await (const chunk of chunks) file.write(chunk);
    file.finish();
  } catch (cause) {
    throw file.abandon(cause);
  }
}

class AtomicFile {
  readonly #path: string;
  readonly #temporary: string;
  #descriptor: number | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  }

  write(chunk: Uint8Array): void {
    this.#descriptor ??= openSync(this.#temporary, "wx");
    writeWhole(this.#descriptor, chunk);
  }

  finish(): void {
    if (this.#descriptor === undefined) throw new Error("nothing was written");
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
    renameSync(this.#temporary, this.#path);
  }

  /** Removes the temporary file; returns the error to throw. */
  abandon(cause: unknown): CheckpointError {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    rmSync(this.#temporary, { force: true });
    if (cause instanceof CheckpointError) return cause;
    return new CheckpointError("E_WRITE_FAILED", {
      file: this.#path,
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

import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

/** A file's contents: text (UTF-8), bytes, or pieces of either in order. */
export type Contents = string | Uint8Array | Iterable<string | Uint8Array>;

/** Most bytes for one call of the system: some refuse 2 GiB. */
const mostBytes = 1 << 30;

/**
 * Writes a file so that a reader finds the old contents or all of the new, never a part.
 *
 * Writes to a hidden `.petl-<random>.tmp` in the same folder, which must exist, flushes it to disk, renames it and flushes the folder.
 *
 * @throws the file system's error, or what the pieces throw; the temporary file is removed first
 */
export function writeWholeSync(path: string, contents: Contents): void {
  const file = new PartialFile(path);
  try {
    for (const piece of isOnePiece(contents) ? [contents] : contents) file.write(piece);
    file.finish();
  } catch (error) {
    file.abandon();
    throw error;
  }
}

/** The same, for contents that may arrive piece by piece: only one is held at a time. */
export async function writeWhole(path: string, contents: Contents | AsyncIterable<string | Uint8Array>): Promise<void> {
  const file = new PartialFile(path);
  try {
    for await (const piece of isOnePiece(contents) ? [contents] : contents) file.write(piece);
    file.finish();
  } catch (error) {
    file.abandon();
    throw error;
  }
}

/** Whether a name is that of a temporary file of `writeWhole`, which a process that was killed leaves. */
export const isTemporaryName = (name: string): boolean => /^\.petl-[0-9a-f]{16}\.tmp$/.test(name);

const isOnePiece = (contents: unknown): contents is string | Uint8Array =>
  typeof contents === "string" || contents instanceof Uint8Array;

class PartialFile {
  readonly #temporary: string;
  readonly #descriptor: number;
  #isOpen = true;

  constructor(readonly path: string) {
    this.#temporary = join(dirname(path), `.petl-${randomBytes(8).toString("hex")}.tmp`); // short, whatever the name's length
    this.#descriptor = openSync(this.#temporary, "wx");
  }

  write(piece: string | Uint8Array): void {
    const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
    for (let done = 0; done < bytes.byteLength; )
      done += writeSync(this.#descriptor, bytes, done, Math.min(bytes.byteLength - done, mostBytes));
  }

  finish(): void {
    fsyncSync(this.#descriptor);
    this.#close();
    renameSync(this.#temporary, this.path);
    flushFolder(dirname(this.path));
  }

  /** Removes what was written; never throws, as the first failure is the one to report. */
  abandon(): void {
    try {
      if (this.#isOpen) this.#close();
      rmSync(this.#temporary, { force: true });
    } catch {} // a leftover is harmless: no reader looks at hidden files
  }

  #close(): void {
    this.#isOpen = false;
    closeSync(this.#descriptor);
  }
}

/** Windows cannot open folders, and some file systems cannot flush one: there the file is whole all the same. */
function flushFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } catch (error) {
    if (!["EINVAL", "ENOTSUP"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    closeSync(descriptor);
  }
}

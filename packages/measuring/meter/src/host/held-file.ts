import { closeSync, openSync, readSync } from "node:fs";

const buffer = Buffer.alloc(8192);

/**
 * A file of `/proc`, held open: reading it again costs a fifth of opening it again, and a process that gets the same id later is not
 * taken for this one.
 */
export class HeldFile {
  readonly #file: number;

  private constructor(file: number) {
    this.#file = file;
  }

  /** Null where there is no such file. */
  static open(path: string): HeldFile | null {
    try {
      return new HeldFile(openSync(path, "r"));
    } catch {
      return null;
    }
  }

  /** Its first 8,192 bytes as they are now; empty once its process has ended. */
  text(): string {
    try {
      return buffer.toString("latin1", 0, readSync(this.#file, buffer, 0, buffer.length, 0));
    } catch {
      return "";
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

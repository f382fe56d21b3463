import { closeSync, openSync, readSync } from "node:fs";

const text = Buffer.alloc(8192); // a status takes some 1,500 bytes

/**
 * `<procRoot>/<pid>/status`, held open: reading it again costs a fifth of opening it again, and a process that gets the same id
 * later is not taken for this one.
 */
export class StatusFile {
  readonly #file: number;

  private constructor(file: number) {
    this.#file = file;
  }

  /** Null where there is no such process. */
  static open(pid: number, procRoot: string): StatusFile | null {
    try {
      return new StatusFile(openSync(`${procRoot}/${pid}/status`, "r"));
    } catch {
      return null;
    }
  }

  /** The bytes given behind `key` (`VmRSS`, `VmHWM`, ...); null once the process has ended. */
  bytes(key: string): number | null {
    const status = this.#read();
    const from = status.indexOf(`\n${key}:`);
    const kibibytes = from < 0 ? Number.NaN : Number.parseInt(status.slice(from + key.length + 2), 10);
    return Number.isNaN(kibibytes) ? null : kibibytes * 1024;
  }

  close(): void {
    closeSync(this.#file);
  }

  #read(): string {
    try {
      return text.toString("latin1", 0, readSync(this.#file, text, 0, text.length, 0));
    } catch {
      return "";
    }
  }
}

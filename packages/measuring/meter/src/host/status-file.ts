import { HeldFile } from "./held-file.js";

/** `<procRoot>/<pid>/status`. */
export class StatusFile {
  readonly #file: HeldFile;

  private constructor(file: HeldFile) {
    this.#file = file;
  }

  /** Null where there is no such process. */
  static open(pid: number, procRoot: string): StatusFile | null {
    const file = HeldFile.open(`${procRoot}/${pid}/status`);
    return file && new StatusFile(file);
  }

  /** The bytes given behind `key` (`VmRSS`, `VmHWM`, ...); null once the process has ended. */
  bytes(key: string): number | null {
    const status = this.#file.text();
    const from = status.indexOf(`\n${key}:`);
    const kibibytes = from < 0 ? Number.NaN : Number.parseInt(status.slice(from + key.length + 2), 10);
    return Number.isNaN(kibibytes) ? null : kibibytes * 1024;
  }

  close(): void {
    this.#file.close();
  }
}

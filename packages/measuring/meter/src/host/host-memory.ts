import { absent, type Figure, measured } from "../figure.js";
import { processTree } from "./process-tree.js";
import { StatusFile } from "./status-file.js";

/** Host memory of a process. */
export interface HostMemory {
  /** Peak resident set of the process itself: the kernel's high-water mark (`VmHWM`) at the last poll. */
  readonly peakBytes: number;
  /** Highest sum over the process and its descendants at a poll; null unless requested. */
  readonly treePeakBytes: number | null;
  readonly polls: number;
}

/** Reads the memory of one process, and of its descendants, poll by poll. */
export class HostMemoryPoller {
  readonly #files = new Map<number, StatusFile>();
  #peakBytes: number | null = null;
  #treePeakBytes: number | null = null;
  #polls = 0;

  constructor(
    readonly pid: number,
    readonly procRoot: string,
    readonly tree: boolean,
  ) {}

  /** Reads once; false if the process is gone or cannot be read. The first poll finds a process that has hardly begun. */
  poll(): boolean {
    const highWaterBytes = this.#read(this.pid, "VmHWM");
    if (highWaterBytes === null) return false;
    this.#polls++;
    this.#peakBytes = highWaterBytes;
    if (this.tree) {
      const members = processTree(this.pid, this.procRoot);
      const sum = [...members].reduce((total, pid) => total + (this.#read(pid, "VmRSS") ?? 0), 0);
      this.#treePeakBytes = Math.max(this.#treePeakBytes ?? 0, sum, highWaterBytes);
      for (const pid of this.#files.keys()) if (!members.has(pid)) this.#close(pid);
    }
    return true;
  }

  get result(): Figure<HostMemory> {
    if (this.#peakBytes === null) {
      const reason = process.platform === "linux" ? "it may have ended before the first poll" : "Linux only";
      return absent(`${this.procRoot}/${this.pid}/status gave no VmHWM (${reason})`);
    }
    if (this.#polls === 1) return absent("the process ended before its memory could be measured");
    return measured({ peakBytes: this.#peakBytes, treePeakBytes: this.#treePeakBytes, polls: this.#polls });
  }

  /** Closes the files it holds open. */
  close(): void {
    for (const pid of this.#files.keys()) this.#close(pid);
  }

  #read(pid: number, key: string): number | null {
    const file = this.#files.get(pid) ?? StatusFile.open(pid, this.procRoot);
    if (file === null) return null;
    this.#files.set(pid, file);
    return file.bytes(key);
  }

  #close(pid: number): void {
    this.#files.get(pid)?.close();
    this.#files.delete(pid);
  }
}

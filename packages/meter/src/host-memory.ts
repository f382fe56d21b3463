import { absent, type Figure, measured } from "./figure.js";
import { processTree, readText } from "./process-tree.js";

/** Host memory of a process. */
export interface HostMemory {
  /** Peak resident set of the process itself: the kernel's own high-water mark (`VmHWM`), as last read. */
  readonly peakBytes: number;
  /** Highest sum over the process and its descendants, as seen at the polls; null if not asked for. */
  readonly treePeakBytes: number | null;
  readonly polls: number;
}

/** Reads the memory of one process from `<procRoot>/<pid>/status`, poll by poll. */
export class HostMemoryPoller {
  #peakBytes: number | null = null;
  #treePeakBytes: number | null = null;
  #polls = 0;

  constructor(
    readonly pid: number,
    readonly procRoot: string,
    readonly tree: boolean,
  ) {}

  /** Reads once; false if the process is gone or cannot be read. */
  poll(): boolean {
    const highWaterBytes = this.#read(this.pid, "VmHWM");
    if (highWaterBytes === null) return false;
    this.#polls++;
    this.#peakBytes = highWaterBytes;
    if (this.tree) {
      const residents = [...processTree(this.pid, this.procRoot)].map((pid) => this.#read(pid, "VmRSS") ?? 0);
      const sum = residents.reduce((total, bytes) => total + bytes, 0);
      this.#treePeakBytes = Math.max(this.#treePeakBytes ?? 0, sum, highWaterBytes);
    }
    return true;
  }

  get result(): Figure<HostMemory> {
    if (this.#peakBytes === null) {
      const reason = process.platform === "linux" ? "it may have ended before the first poll" : "Linux only";
      return absent(`${this.procRoot}/${this.pid}/status gave no VmHWM (${reason})`);
    }
    return measured({ peakBytes: this.#peakBytes, treePeakBytes: this.#treePeakBytes, polls: this.#polls });
  }

  #read(pid: number, key: string): number | null {
    return kibibytes(readText(`${this.procRoot}/${pid}/status`) ?? "", key);
  }
}

function kibibytes(status: string, key: string): number | null {
  const found = new RegExp(`^${key}:\\s*(\\d+) kB$`, "m").exec(status)?.[1];
  return found === undefined ? null : Number(found) * 1024;
}

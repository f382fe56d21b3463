import { absent, type Figure, measured } from "../figure.js";
import { nowS } from "../time.js";
import { HeldFile } from "./held-file.js";
import { Pace } from "./pace.js";
import { type MachineTimes, parseMachineTimes, parseProcessTimeS } from "./processor-times.js";

/** Processor times from some start, at one moment. */
export interface LoadReading extends MachineTimes {
  readonly atS: number;
  /** Of the watched process: all its threads, and the children it has waited for. */
  readonly ownS: number;
}

/** Reads the processor time of one process beside that of the whole machine. */
export class LoadPoller {
  readonly #process: HeldFile | null;
  readonly #machine: HeldFile | null;
  readonly #readings: LoadReading[] = [];
  readonly #pace: Pace;
  #dueAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    readonly pid: number,
    readonly procRoot: string,
    readonly periodMs: number,
  ) {
    this.#process = HeldFile.open(`${procRoot}/${pid}/stat`);
    this.#machine = HeldFile.open(`${procRoot}/stat`);
    this.#pace = new Pace(periodMs);
  }

  /** Polls unless the last one was so short ago, for what it cost, that it is not due: `/proc/stat` grows with the machine. */
  pollIfDue(): void {
    const fromMs = performance.now();
    if (fromMs < this.#dueAtMs) return;
    this.poll();
    const restMs = this.#pace.restMs(performance.now() - fromMs);
    this.#dueAtMs = fromMs + restMs - this.periodMs / 2; // the caller comes once a period, about
  }

  /** Reads once; nothing where the process is gone. */
  poll(): void {
    const atS = nowS();
    const ownS = parseProcessTimeS(this.#process?.text() ?? "");
    const machine = ownS === null ? null : parseMachineTimes(this.#machine?.text() ?? "");
    if (ownS !== null && machine !== null) this.#readings.push({ atS, ownS, ...machine });
  }

  get result(): Figure<readonly LoadReading[]> {
    if (this.#readings.length > 0) return measured(this.#readings);
    if (process.platform !== "linux") return absent("the processor time of another process is read on Linux only");
    return absent(
      `${this.procRoot} gave no processor time of pid ${this.pid} (it may have ended before the first poll)`,
    );
  }

  /** Closes the files it holds open. */
  close(): void {
    this.#process?.close();
    this.#machine?.close();
  }
}

import { closeSync, openSync, writeSync } from "node:fs";
import type { BenchEvent, ChildEvent, PlannedRun } from "@petl/bench";
import { oneLine, thisProcess } from "@petl/files";
import { isSettled, type RunRecord, reportedScore } from "@petl/results";
import { type JournalLine, journalFile, journalVersion, type RunEnding, type SuiteLine } from "./journal-line.js";

/** What a journal begins with. */
export interface JournalOptions {
  /** The output directory. */
  readonly out: string;
  readonly suite: string;
  readonly runs: SuiteLine["runs"];
  /** Records of runs that were done before, by their places in the plan. */
  readonly done: ReadonlyMap<string, RunRecord>;
  /** Seconds that the suite still takes; null while that cannot be told. */
  readonly leftS: () => number | null;
  /** Told once, in one line, where the journal cannot be written: the suite goes on. */
  readonly warn: (line: string) => void;
  /** Seconds since the Unix epoch. */
  readonly nowS?: () => number;
}

/** Seconds between two losses of a run, at least; more as the run gets older, so that no journal grows without bound. */
const betweenStepsS = 1;
const shareOfAge = 0.01;

/** Writes what a suite does to `<out>/progress.jsonl`, a line each, for another process to follow. */
export class Journal {
  #descriptor: number | null = null;
  readonly #runs = new Map<string, { beganS: number; saidS: number }>();

  constructor(readonly options: JournalOptions) {}

  /** Takes in an event of the suite; the journal begins with its first, `suite`. */
  on(event: BenchEvent): void {
    if (event.type === "suite") this.#begin();
    else if (event.type === "run-begin") {
      const atS = this.#nowS();
      this.#runs.set(event.run.slot, { beganS: atS, saidS: 0 });
      this.#write({ type: "begin", slot: event.run.slot, atS });
    } else if (event.type === "run-event") this.#onRun(event.run, event.event);
    else if (event.type === "run-end") {
      const { record, run } = event;
      const score = reportedScore(record)?.score ?? null;
      const error = record.error === null ? null : oneLine(record.error.message);
      this.#write({ type: "ended", slot: run.slot, ending: endingOf(record), score, error });
    } else if (event.type === "elsewhere") this.#write({ type: "elsewhere", slot: event.run.slot, by: event.by });
  }

  /** The last line. */
  close(): void {
    this.#write({ type: "over", atS: this.#nowS() });
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #onRun({ slot }: PlannedRun, event: ChildEvent): void {
    if (event.type === "attached") this.#write({ type: "steps", slot, steps: event.steps });
    if (event.type === "evaluation") {
      const { step, score } = event;
      this.#write({ type: "evaluation", slot, step, score });
    }
    const run = this.#runs.get(slot);
    if (event.type !== "step" || event.loss === undefined || run === undefined) return;
    const atS = this.#nowS();
    if (atS - run.saidS < Math.max(betweenStepsS, (atS - run.beganS) * shareOfAge)) return;
    run.saidS = atS;
    this.#write({ type: "step", slot, step: event.step, loss: event.loss, atS, leftS: this.options.leftS() });
  }

  #begin(): void {
    const { out, suite, runs, done, warn } = this.options;
    try {
      this.#descriptor = openSync(journalFile(out), "w");
    } catch (error) {
      warn(this.#unwritten(error));
    }
    this.#write({
      ...{ type: "suite", version: journalVersion, suite, process: thisProcess(), atS: this.#nowS(), runs },
      done: [...done].map(([slot, record]) => ({
        ...{ slot, ending: endingOf(record), score: reportedScore(record)?.score ?? null },
      })),
    });
  }

  #write(line: JournalLine): void {
    if (this.#descriptor === null) return;
    try {
      writeSync(this.#descriptor, `${JSON.stringify(line)}\n`);
    } catch (error) {
      closeSync(this.#descriptor);
      this.#descriptor = null;
      this.options.warn(this.#unwritten(error));
    }
  }

  #unwritten(error: unknown): string {
    return `${journalFile(this.options.out)} cannot be written, so bench watch cannot follow: ${oneLine((error as Error).message)}`;
  }

  #nowS(): number {
    return (this.options.nowS ?? (() => Date.now() / 1000))();
  }
}

function endingOf(record: RunRecord): RunEnding {
  return record.status === "failed" && isSettled(record) ? "diverged" : record.status;
}

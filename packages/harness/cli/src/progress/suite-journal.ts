import type { BenchEvent } from "@petl/bench";
import type { RunRecord } from "@petl/results";
import { Journal } from "@petl/watch";
import { SuiteClock } from "../estimate/suite-clock.js";
import type { RunWork } from "../estimate/work.js";

/** What a suite's journal is about. */
export interface JournalledSuite {
  readonly out: string;
  readonly suite: string;
  readonly work: readonly RunWork[];
  /** Runs that were completed before, by their places in the plan. */
  readonly done: ReadonlyMap<string, RunRecord>;
  readonly warn: (line: string) => void;
}

/** Writes what a suite does, and its time left, for `bench watch`. */
export class SuiteJournal {
  readonly #clock: SuiteClock;
  readonly #journal: Journal;

  constructor({ out, suite, work, done, warn }: JournalledSuite) {
    const clock = new SuiteClock(work, done, nowS());
    const runs = work.map(({ slot, method, task }) => ({ slot, method, task }));
    this.#clock = clock;
    this.#journal = new Journal({ out, suite, runs, done, leftS: () => clock.leftS(nowS()), warn });
  }

  on(event: BenchEvent): void {
    this.#clock.on(event, nowS());
    this.#journal.on(event);
  }

  close(): void {
    this.#journal.close();
  }
}

const nowS = (): number => performance.now() / 1000;

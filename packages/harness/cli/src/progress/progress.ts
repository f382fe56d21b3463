import type { BenchEvent } from "@petl/bench";
import type { SuiteClock } from "../estimate/suite-clock.js";

/** Shows on stderr how a suite proceeds. */
export interface Progress {
  on(event: BenchEvent): void;
  /** Takes the time left from this clock from now on. */
  useClock(clock: SuiteClock): void;
  /** Bytes of a file that is being downloaded. */
  download(what: string, doneBytes: number, totalBytes: number | null | undefined): void;
  /** Bytes of a task's table that is being read and checked. */
  reading(task: string, doneBytes: number, totalBytes: number): void;
  /** What the user must know of the suite before its first run. */
  warn(text: string): void;
  note(text: string): void;
  /** Leaves the terminal as it was; may be called twice. */
  close(): void;
}

/** Shows nothing but what was lost. */
export class QuietProgress implements Progress {
  on(event: BenchEvent): void {
    if (event.type === "unsaved") console.error(`error: ${event.message}`);
  }
  useClock(): void {}
  download(): void {}
  reading(): void {}
  warn(): void {}
  note(): void {}
  close(): void {}
}

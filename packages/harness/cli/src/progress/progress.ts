import type { BenchEvent } from "@petl/bench";

/** Shows on stderr how a suite goes on. */
export interface Progress {
  on(event: BenchEvent): void;
  /** Bytes of a file that is being downloaded. */
  download(what: string, doneBytes: number, totalBytes: number | null | undefined): void;
  /** What the user must know before anything runs. */
  note(text: string): void;
  /** Leaves the terminal as it was; may be called twice. */
  close(): void;
}

/** Shows nothing but what was lost. */
export class QuietProgress implements Progress {
  on(event: BenchEvent): void {
    if (event.type === "unsaved") console.error(`error: ${event.message}`);
  }
  download(): void {}
  note(): void {}
  close(): void {}
}

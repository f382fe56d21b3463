import type { BenchEvent } from "@petl/bench";

/** Hands on what the runs of a suite report, to a place where people keep results. */
export interface Tracker {
  /** Takes in an event of the suite; must return at once. */
  on(event: BenchEvent): void;
  /** Hands on what is still waiting; may be called once. */
  close(): Promise<void>;
}

/** What trackers are told of a suite before its first event. */
export interface TrackedSuite {
  readonly name: string;
  /** As asked for. */
  readonly backbone: string;
  /** The output directory. */
  readonly out: string;
}

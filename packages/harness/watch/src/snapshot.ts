import { hasStopped } from "./follow.js";
import type { SuiteState, WatchedRun } from "./suite-state.js";

/** Ended runs that a page shows of each kind: a suite may have thousands. */
const mostEnded = 100;

/** What a page shows, as JSON. */
export interface Snapshot {
  readonly suite: string;
  readonly total: number;
  readonly counts: Readonly<Record<"done" | "running" | "failed" | "waiting", number>>;
  /** Seconds; null while that cannot be told, and at the end. */
  readonly leftS: number | null;
  /** `stopped`: the process is gone and did not say why. */
  readonly ending: "over" | "stopped" | null;
  readonly running: readonly WatchedRun[];
  /** The last first. */
  readonly failed: readonly Ended[];
  readonly done: readonly Ended[];
}

type Ended = Pick<WatchedRun, "slot" | "state" | "score" | "error">;

/** What is to be shown of a suite. `nowS` is in seconds since the Unix epoch. */
export function snapshot(state: SuiteState, nowS: number): Snapshot {
  const runs = [...state.runs.values()];
  const isEnded = hasStopped(state);
  const running = isEnded ? [] : runs.filter((run) => run.state === "running");
  const failed = state.ended.filter((run) => run.state === "failed");
  const done = state.ended.filter((run) => run.state === "completed" || run.state === "diverged");
  const waiting = runs.length - running.length - failed.length - done.length;
  return {
    suite: state.about.suite,
    total: runs.length,
    counts: { done: done.length, running: running.length, failed: failed.length, waiting },
    leftS: isEnded ? null : state.leftS(nowS),
    ending: state.isOver ? "over" : isEnded ? "stopped" : null,
    running,
    failed: shown(failed),
    done: shown(done),
  };
}

function shown(runs: readonly WatchedRun[]): Ended[] {
  const last = runs.slice(-mostEnded).reverse();
  return last.map(({ slot, state, score, error }) => ({ slot, state, score, error }));
}

/** How a suite ended, or that it goes on, in a line. */
export function endingText({ suite, ending, total, counts }: Snapshot): string {
  const figures = `${counts.done} of ${total} runs are done${counts.failed > 0 ? `, ${counts.failed} failed` : ""}`;
  const what = ending === "stopped" ? "was killed" : ending === "over" ? "has ended" : "goes on";
  return `${suite} ${what}: ${figures}`;
}

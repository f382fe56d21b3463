import type { JournalLine, RunEnding, SuiteLine } from "./journal-line.js";

/** A run as a journal tells it. */
export interface WatchedRun {
  readonly slot: string;
  readonly method: string;
  readonly task: string;
  state: "waiting" | "running" | "elsewhere" | RunEnding;
  /** Updates it will make; null until it says so. */
  steps: number | null;
  step: number;
  /** Training losses by update, some of them; null where not finite. */
  losses: (readonly [step: number, loss: number | null])[];
  /** Scores of its evaluations by update, 0 to 100. */
  scores: (readonly [step: number, score: number])[];
  /** The reported one. */
  score: number | null;
  error: string | null;
}

/** What a journal has told so far. */
export class SuiteState {
  readonly runs: ReadonlyMap<string, WatchedRun>;
  /** In the order in which they ended, those done before first. */
  readonly ended: WatchedRun[] = [];
  #left: { readonly seconds: number; readonly atS: number } | null = null;
  isOver = false;

  constructor(readonly about: SuiteLine) {
    this.runs = new Map(about.runs.map((run) => [run.slot, watched(run)]));
    for (const { slot, ending, score } of about.done) this.#end(slot, { state: ending, score });
  }

  hear(line: JournalLine): void {
    if (line.type === "over") this.isOver = true;
    const run = "slot" in line ? this.runs.get(line.slot) : undefined;
    if (run === undefined) return;
    switch (line.type) {
      case "begin": // anew, where the suite repeats it
        Object.assign(run, { ...watched(run), state: "running" });
        break;
      case "steps":
        run.steps = line.steps;
        break;
      case "step":
        run.step = line.step;
        run.losses.push([line.step, line.loss]);
        if (line.leftS !== null) this.#left = { seconds: line.leftS, atS: line.atS };
        break;
      case "evaluation":
        run.scores.push([line.step, line.score]);
        break;
      case "ended":
        this.#end(line.slot, { state: line.ending, score: line.score, error: line.error });
        break;
      case "elsewhere":
        run.state = "elsewhere";
        break;
    }
  }

  /** Seconds that the suite still takes, as its own estimate said last; null where it did not. */
  leftS(nowS: number): number | null {
    return this.#left === null || this.isOver ? null : Math.max(0, this.#left.seconds - (nowS - this.#left.atS));
  }

  #end(slot: string, how: Pick<WatchedRun, "state" | "score"> & Partial<WatchedRun>): void {
    const run = this.runs.get(slot);
    if (run !== undefined) this.ended.push(Object.assign(run, how));
  }
}

const watched = ({ slot, method, task }: Pick<WatchedRun, "slot" | "method" | "task">): WatchedRun => ({
  ...{ slot, method, task, state: "waiting", steps: null, step: 0, losses: [], scores: [], score: null, error: null },
});

import type { BenchEvent, ChildEvent, PlannedRun } from "@petl/bench";

/** What is known of a run that goes on. */
export interface RunInHand {
  readonly run: PlannedRun;
  /** From 1, over all runs of the suite. */
  readonly index: number;
  readonly total: number;
  steps: number;
  step: number;
  /** The one logged last, null where it was not finite; undefined before the first. */
  loss: number | null | undefined;
  /** Updates skipped so far because their gradients were not finite. */
  skipped: number;
  /** What it is doing, where that is no update. */
  phase: "starting" | "evaluating" | null;
}

/** The runs of a suite that go on, in the order in which they began. */
export class RunsInHand {
  readonly #runs = new Map<string, RunInHand>();

  get all(): readonly RunInHand[] {
    return [...this.#runs.values()];
  }

  /** Takes in an event of the suite; returns the run that it is about, if it goes on or has just ended. */
  hear(event: BenchEvent): RunInHand | undefined {
    if (!("run" in event)) return undefined;
    const { id } = event.run;
    if (event.type === "run-begin") {
      const { run, index, total } = event;
      this.#runs.set(id, { run, index, total, steps: 0, step: 0, loss: undefined, skipped: 0, phase: "starting" });
    }
    const found = this.#runs.get(id);
    if (event.type === "run-end") this.#runs.delete(id);
    if (event.type === "run-event" && found) update(found, event.event);
    return found;
  }
}

function update(run: RunInHand, event: ChildEvent): void {
  if (event.type === "attached") run.steps = event.steps;
  if (event.type === "window")
    run.phase = event.window === "evaluation" && event.edge === "begin" ? "evaluating" : null;
  if (event.type !== "step") return;
  run.step = event.step;
  run.phase = null;
  if (event.loss !== undefined) run.loss = event.loss;
  if (event.isSkipped === true) run.skipped += 1;
}

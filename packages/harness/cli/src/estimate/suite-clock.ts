import type { BenchEvent } from "@petl/bench";
import type { RunRecord } from "@petl/results";
import { TimeEstimator } from "./estimator.js";
import type { RunWork } from "./work.js";

/** The time a suite still takes, from what it says while it runs. Times are seconds on any clock. */
export class SuiteClock {
  readonly #estimator: TimeEstimator;
  readonly #work: ReadonlyMap<string, RunWork>;
  readonly #startedAt: number;

  /** `finished` are the runs that were completed before, by their places in the plan. */
  constructor(work: readonly RunWork[], finished: ReadonlyMap<string, RunRecord>, nowS: number) {
    this.#startedAt = nowS;
    this.#work = new Map(work.map((run) => [run.slot, run]));
    this.#estimator = new TimeEstimator(
      work.filter(({ slot }) => !finished.has(slot)),
      nowS,
    );
    for (const record of finished.values()) this.#estimator.learn(record);
  }

  on(event: BenchEvent, nowS: number): void {
    if (event.type === "suite") this.#estimator.workers = Math.max(1, event.workers);
    else if (event.type === "run-begin") {
      const work = this.#work.get(event.run.slot);
      if (work) this.#estimator.beginRun(work, nowS);
    } else if (event.type === "run-end") this.#estimator.endRun(event.run.slot, event.record.status === "completed");
    else if (event.type === "elsewhere") this.#estimator.leave(event.run.slot);
    else if (event.type === "run-event") this.#onRun(event, nowS);
  }

  /** Seconds until the last run ends; null while that cannot be told. */
  leftS(nowS: number): number | null {
    return this.#estimator.leftS(nowS);
  }

  /** Share of the time that has passed, 0 to 1. */
  share(nowS: number, leftS: number | null): number {
    const elapsed = nowS - this.#startedAt;
    return leftS === null ? 0 : elapsed / (elapsed + leftS);
  }

  #onRun({ run, event }: Extract<BenchEvent, { type: "run-event" }>, nowS: number): void {
    const estimator = this.#estimator;
    const { slot } = run;
    switch (event.type) {
      case "attached": {
        const { steps, stepsPerEpoch } = event;
        estimator.correct(slot, { steps, stepsPerEpoch, evalEvery: run.settings.evalEvery ?? stepsPerEpoch });
        break;
      }
      case "data":
        estimator.correct(slot, { evalExamples: event.data.evalExamples });
        break;
      case "window":
        if (event.window === "training" && event.edge === "begin") estimator.setUp(slot, nowS);
        break;
      case "step":
        estimator.step(slot, event.step, event.wallTimeS, nowS);
        break;
      case "evaluation":
        estimator.evaluation(slot, event.examples, event.wallTimeS, nowS);
        break;
    }
  }
}

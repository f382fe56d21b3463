import type { RunRecord } from "@petl/results";
import { Rates } from "./rates.js";
import { evaluationsUpTo, type RunWork } from "./work.js";

/** Of an update's time per example, what predicting one example takes, while no evaluation was seen. */
const evaluationShare = 0.5;
/** Seconds to start a run, while none was seen. */
const firstSetupS = 2;
/** Most by which the estimate of the total time changes from one call to the next. */
const largestJump = 1.5;
/** Least share of what is in hand that is still expected, however late it is. */
const leastShare = 0.05;
const leastS = 1e-3;

interface Running {
  work: RunWork;
  step: number;
  evaluations: number;
  isSetUp: boolean;
  /** When the last update, evaluation or beginning was, in seconds. */
  since: number;
}

/**
 * Estimates the time a suite still takes: the updates and evaluations of every run that is left, at the speed of those seen.
 *
 * Pure: every call says what time it is, in seconds on any clock. The first pass over the data is counted apart from later
 * ones, and the first evaluation too: where activations are kept, later ones are faster.
 */
export class TimeEstimator {
  readonly #left: Map<string, RunWork>;
  readonly #steps = { first: new Rates(), later: new Rates() };
  readonly #evaluations = { first: new Rates(), later: new Rates() };
  readonly #setups: number[] = [];
  readonly #startedAt: number;
  /** Runs in hand, by their places in the plan. */
  readonly #running = new Map<string, Running>();
  /** Of runs that may stop early: updates made and updates planned. */
  #early = { made: 0, planned: 0 };
  #hasEvaluated = false;
  #totalS: number | null = null;

  constructor(
    runs: readonly RunWork[],
    nowS: number,
    /** How many runs go on at the same time. */
    public workers = 1,
  ) {
    this.#left = new Map(runs.map((run) => [run.slot, run]));
    this.#startedAt = nowS;
  }

  /** Learns from a run that was completed before; its updates are not told apart by epoch. */
  learn({ run: { method, task }, time, scores }: Pick<RunRecord, "run" | "time" | "scores">): void {
    if (!time || time.steps === 0) return;
    for (const rates of [this.#steps.first, this.#steps.later]) rates.add(method, task, time.steps, time.trainTimeS);
    for (const [index, { examples, wallTimeS }] of (scores?.evaluations ?? []).entries())
      this.#evaluations[index === 0 ? "first" : "later"].add(method, task, examples, wallTimeS);
    if (time.setupTimeS !== null) this.#setups.push(time.setupTimeS);
    this.#hasEvaluated = true;
  }

  /** A run begins; one that was not announced is added. */
  beginRun(work: RunWork, nowS: number): void {
    this.#left.delete(work.slot);
    this.#running.set(work.slot, { work, step: 0, evaluations: 0, isSetUp: false, since: nowS });
  }

  /** A run is left to others. */
  leave(slot: string): void {
    this.#left.delete(slot);
  }

  /** A run in hand says what it will do. */
  correct(
    slot: string,
    change: Partial<Pick<RunWork, "steps" | "stepsPerEpoch" | "evalEvery" | "evalExamples">>,
  ): void {
    const running = this.#running.get(slot);
    if (running) running.work = { ...running.work, ...change };
  }

  /** A run in hand has started to train. */
  setUp(slot: string, nowS: number): void {
    const running = this.#running.get(slot);
    if (!running || running.isSetUp) return;
    this.#setups.push(nowS - running.since);
    Object.assign(running, { isSetUp: true, since: nowS });
  }

  /** An update has ended. `wallTimeS` counts where it was made by an earlier process and is only reported now. */
  step(slot: string, step: number, wallTimeS: number, nowS: number): void {
    const running = this.#running.get(slot);
    if (!running) return;
    const { method, task, stepsPerEpoch } = running.work;
    const rates = step <= stepsPerEpoch ? this.#steps.first : this.#steps.later;
    rates.add(method, task, 1, Math.max(wallTimeS, nowS - running.since));
    Object.assign(running, { step, since: nowS });
  }

  /** An evaluation has ended; `wallTimeS` as for `step`. */
  evaluation(slot: string, examples: number, wallTimeS: number, nowS: number): void {
    const running = this.#running.get(slot);
    if (!running) return;
    const { method, task } = running.work;
    const rates = running.evaluations === 0 ? this.#evaluations.first : this.#evaluations.later;
    rates.add(method, task, examples, Math.max(wallTimeS, nowS - running.since));
    Object.assign(running, { evaluations: running.evaluations + 1, since: nowS });
    if (!this.#hasEvaluated) this.#totalS = null; // what was guessed before does not bind
    this.#hasEvaluated = true;
  }

  /** A run in hand has ended. */
  endRun(slot: string, isCompleted: boolean): void {
    const running = this.#running.get(slot);
    if (running?.work.mayStopEarly && isCompleted) {
      this.#early.made += running.step;
      this.#early.planned += running.work.steps;
    }
    this.#running.delete(slot);
  }

  /** Seconds until the last run ends; null while no update was seen. Positive until then. */
  leftS(nowS: number): number | null {
    const left = this.#estimate(nowS);
    if (left === null) return null;
    const elapsed = nowS - this.#startedAt;
    const before = this.#totalS;
    this.#totalS = elapsed + left;
    if (before !== null && this.#hasEvaluated) {
      const near = Math.min(before * largestJump, Math.max(before / largestJump, this.#totalS));
      if (near > elapsed) this.#totalS = near;
    }
    return this.#totalS - elapsed;
  }

  /** All work shared out evenly, but no less than the longest run in hand. */
  #estimate(nowS: number): number | null {
    let [total, longest] = [0, 0];
    for (const run of this.#left.values()) {
      const seconds = this.#runS(run);
      if (seconds === null) return null;
      total += seconds;
    }
    for (const running of this.#running.values()) {
      const inHand = this.#inHandS(running, nowS);
      if (inHand === null) return null;
      total += inHand;
      longest = Math.max(longest, inHand);
    }
    return Math.max(longest, total / this.workers);
  }

  #runS(run: RunWork): number | null {
    const { made, planned } = this.#early;
    const share = run.mayStopEarly && planned > 0 ? made / planned : 1;
    const work = this.#workS(run, 0, Math.max(1, Math.round(run.steps * share)), 0);
    return work === null ? null : this.#setupS() + work;
  }

  /** Seconds of a run after update `from` and `done` evaluations, up to update `to` and its evaluation. */
  #workS(run: RunWork, from: number, to: number, done: number): number | null {
    const first = this.#stepS(run, "first");
    const later = this.#stepS(run, "later");
    if (first === null || later === null) return null;
    const firstSteps = Math.max(0, Math.min(run.stepsPerEpoch, to) - from);
    const evaluations = Math.max(evaluationsUpTo(to, run), 1) - done;
    const isFirst = done === 0 && evaluations > 0 ? 1 : 0;
    return (
      firstSteps * first +
      (to - from - firstSteps) * later +
      isFirst * this.#evaluationS(run, "first", first) +
      (Math.max(0, evaluations - isFirst) + run.testExamples / run.evalExamples) *
        this.#evaluationS(run, "later", later)
    );
  }

  /** What is left of a run in hand; time since its last sign of life counts as work on what comes next. */
  #inHandS({ work, step, evaluations, isSetUp, since }: Running, nowS: number): number | null {
    const rest = this.#workS(work, step, work.steps, evaluations);
    if (rest === null) return null;
    const isEvaluating = evaluationsUpTo(step, work) > evaluations;
    const phase = step < work.stepsPerEpoch ? "first" : "later";
    const stepS = this.#stepS(work, phase) ?? 0;
    const evaluationS = this.#evaluationS(work, evaluations === 0 ? "first" : "later", stepS);
    const nextS = !isSetUp ? this.#setupS() : isEvaluating ? evaluationS : stepS;
    const all = rest + (isSetUp ? 0 : this.#setupS());
    return Math.max(all - Math.min(nowS - since, nextS * (1 - leastShare)), nextS * leastShare, leastS);
  }

  #stepS({ method, task }: RunWork, phase: "first" | "later"): number | null {
    const doubt = 4; // updates
    const { first, later } = this.#steps;
    if (phase === "first") return first.of(method, task, doubt);
    if (later.units(method, task) > 0) return later.of(method, task, doubt);
    const [ownFirst, othersLater] = [first.of(method, task, doubt), later.of(method, task, doubt)];
    return first.units(method, task) > 0 ? ownFirst : (othersLater ?? ownFirst);
  }

  #evaluationS({ method, task, evalExamples, batchSize }: RunWork, phase: "first" | "later", stepS: number): number {
    const doubt = evalExamples / 4; // one evaluation says nearly all
    const { first, later } = this.#evaluations;
    const seen =
      phase === "later" && (later.units(method, task) > 0 || first.units(method, task) === 0)
        ? (later.of(method, task, doubt) ?? first.of(method, task, doubt))
        : first.of(method, task, doubt);
    return evalExamples * (seen ?? (evaluationShare * stepS) / batchSize);
  }

  #setupS(): number {
    const seen = this.#setups;
    return seen.length === 0 ? firstSetupS : seen.reduce((sum, seconds) => sum + seconds, 0) / seen.length;
  }
}

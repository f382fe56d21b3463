import { removeActivations } from "@petl/activation-cache";
import { isSettled, type RunRecord, writeRecord } from "@petl/results";
import type { Plan } from "../suite/plan.js";
import type { PlannedRun } from "../suite/planned-run.js";
import { checkOutput } from "./check-output.js";
import { checkPlan } from "./check-plan.js";
import { claimAndRecord } from "./claim-and-record.js";
import { hasClaims, removeClaims } from "./claims.js";
import { finishedRuns } from "./finished.js";
import { openOutput } from "./output.js";
import { knownParams } from "./params.js";
import { aboutPlan } from "./plan-file.js";
import { cacheFolder, isDone, type RecordOptions, type Surroundings } from "./record-run.js";
import { removeLeftovers, removeRunStates } from "./run-state-files.js";
import { openWorkers, type Worker, type WorkersWanted } from "./workers.js";

export interface RunSuiteOptions extends RecordOptions, WorkersWanted {}

export interface SuiteResult {
  /** One record a run that was done, now or before, in the order of the plan. */
  readonly records: readonly RunRecord[];
  /** Ids of the records that could not be written. */
  readonly unsaved: readonly string[];
  readonly cancelled: boolean;
  /** Runs that other processes were doing. */
  readonly elsewhere: number;
}

/**
 * Runs whatever a plan has not completed yet, each run in a child process of its own, one or several at a time, and writes a record
 * for each, however it ends.
 *
 * @throws BenchError, MeterError or ResultsError for a problem before the first run; a run that fails is only recorded
 */
export async function runSuite(plan: Plan, options: RunSuiteOptions): Promise<SuiteResult> {
  const { out } = options;
  checkOutput(out, plan);
  const release = openOutput(out, aboutPlan(plan));
  try {
    if (!hasClaims(out)) removeLeftovers(out);
    const records = options.force ? new Map<string, RunRecord>() : await finishedRuns(plan, out);
    for (const run of plan.known(records)) if (!isDone(run, records.get(run.id), options)) records.delete(run.id);
    return await new SuiteRun(plan, options, records).run();
  } finally {
    removeClaims(out);
    removeRunStates(out);
    release();
  }
}

/** A suite while it runs: what is done, begun, and left to others. */
class SuiteRun {
  readonly #unsaved = new Map<string, RunRecord>();
  readonly #begun = new Set<string>();
  readonly #elsewhere = new Set<string>();
  readonly #inHand = new Set<Promise<void>>();
  /** Number of the run that was begun last, over all of the suite. */
  #index = 0;
  /** Stops every worker where one meets what no run may go on after. */
  readonly #broken = new AbortController();
  readonly #signal: AbortSignal;

  constructor(
    readonly plan: Plan,
    readonly options: RunSuiteOptions,
    readonly records: Map<string, RunRecord>,
  ) {
    this.#signal = AbortSignal.any([options.signal, this.#broken.signal]);
  }

  async run(): Promise<SuiteResult> {
    const { plan, options, records } = this;
    const { out, signal, onEvent } = options;
    const hasWork = this.#next() !== undefined;
    const workers = hasWork ? await openWorkers(plan, options) : [];
    if (hasWork) await checkPlan(plan, (event) => onEvent({ type: "check", event }), signal);
    const total = plan.outline.length;
    this.#index = records.size;
    onEvent({ type: "suite", total, done: records.size, workers: workers.length, out });
    const endings = await Promise.allSettled(workers.map((worker) => this.#work(worker)));
    for (const ending of endings) if (ending.status === "rejected") throw ending.reason;
    const known = plan.known(records).flatMap(({ id }) => records.get(id) ?? []); // rungs of so few updates that they are alike share runs
    if (this.#begun.size > 0 && known.filter(isSettled).length === total) await removeActivations(cacheFolder(out)); // until then a run that was killed may find its own
    for (const [id, record] of this.#unsaved) if (await isWritten(out, record)) this.#unsaved.delete(id);
    return {
      records: known,
      unsaved: [...this.#unsaved.keys()],
      cancelled: signal.aborted,
      elsewhere: this.#elsewhere.size,
    };
  }

  /** The first run that is known, not done, and nobody's. */
  #next(): PlannedRun | undefined {
    const { plan, records } = this;
    const isOpen = ({ id }: PlannedRun) => !records.has(id) && !this.#begun.has(id) && !this.#elsewhere.has(id);
    return plan.known(records).find(isOpen);
  }

  /** Does runs until none is left; where the next depends on what others have in hand, it waits for them. */
  async #work(worker: Worker): Promise<void> {
    for (let isFirst = true; !this.#signal.aborted; isFirst = false) {
      let run = this.#next();
      for (; run === undefined && this.#inHand.size > 0; run = this.#next()) await Promise.race(this.#inHand);
      if (run === undefined) return;
      this.#begun.add(run.id);
      const done = this.#claimAndRun(run, worker, isFirst).finally(() => this.#inHand.delete(done));
      this.#inHand.add(done);
      await done.catch((error: unknown) => {
        this.#broken.abort();
        throw error;
      });
    }
  }

  async #claimAndRun(run: PlannedRun, worker: Worker, isFirst: boolean): Promise<void> {
    const { plan, options, records } = this;
    const { onEvent } = options;
    const begin = (): Surroundings => {
      onEvent({ type: "run-begin", run, index: ++this.#index, total: plan.outline.length });
      return { worker, isFirst, paramsSha256: knownParams([...records.values()], run) };
    };
    const ending = await claimAndRecord(plan, run, begin, { ...options, signal: this.#signal });
    if (ending.kind === "elsewhere") {
      this.#begun.delete(run.id);
      this.#elsewhere.add(run.id);
      onEvent({ type: "elsewhere", run, by: ending.by });
      return;
    }
    const { record, isSaved, isNew } = ending;
    records.set(run.id, record);
    if (!isSaved) this.#unsaved.set(run.id, record);
    if (isNew) onEvent({ type: "run-end", run, record });
  }
}

async function isWritten(out: string, record: RunRecord): Promise<boolean> {
  return writeRecord(out, record).then(
    () => true,
    () => false,
  );
}

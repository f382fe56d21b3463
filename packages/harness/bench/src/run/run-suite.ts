import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { removeActivations } from "@petl/activation-cache";
import { assertIdle, openMeter, type Trace, writeTraceCsv } from "@petl/meter";
import { isSettled, type RunRecord, recordPath, setAsideDamaged, writeRecord } from "@petl/results";
import type { ChildEvent } from "../child/protocol.js";
import { buildRecord, type Machine } from "../record/build-record.js";
import { machineFacts } from "../record/environment.js";
import { modelDirectory } from "../saved/saved-model.js";
import type { Plan } from "../suite/plan.js";
import type { PlannedRun } from "../suite/planned-run.js";
import { checkOutput } from "./check-output.js";
import { checkPlan } from "./check-plan.js";
import { finishedRecord, finishedRuns } from "./finished.js";
import { openOutput } from "./output.js";
import { aboutPlan } from "./plan-file.js";
import { runOne } from "./run-one.js";
import { removeLeftovers, removeRunState, runIdentity, runStateFile } from "./run-state-files.js";

/** An event of a running suite. */
export type BenchEvent =
  /** `done` of `total` runs have a completed record already. */
  | { readonly type: "suite"; readonly total: number; readonly done: number; readonly out: string }
  | { readonly type: "check"; readonly event: ChildEvent }
  /** `index` counts from 1 over all runs of the suite. */
  | { readonly type: "run-begin"; readonly run: PlannedRun; readonly index: number; readonly total: number }
  | { readonly type: "run-event"; readonly run: PlannedRun; readonly event: ChildEvent }
  | { readonly type: "run-end"; readonly run: PlannedRun; readonly record: RunRecord }
  | { readonly type: "unsaved"; readonly run: PlannedRun; readonly message: string }
  /** A damaged record was moved out of the way of a run that is done again. */
  | { readonly type: "set-aside"; readonly message: string };

export interface RunSuiteOptions {
  readonly out: string;
  /** Repeat completed runs. */
  readonly force?: boolean;
  /** Keep each tuned model below `out`/models; a completed run without one is repeated. */
  readonly save?: boolean;
  /** Use a GPU although other processes hold memory on it. */
  readonly allowBusy?: boolean;
  /** Rest before each run but the first, in seconds; default 10 where a GPU is sampled, else 0. */
  readonly coolDownS?: number | undefined;
  /** Keep a run's state at each evaluation and where it is stopped, and go on there (default true). */
  readonly keepRunState?: boolean;
  readonly signal: AbortSignal;
  readonly onEvent: (event: BenchEvent) => void;
}

export interface SuiteResult {
  /** One record a run that was done, now or before, in the order of the plan. */
  readonly records: readonly RunRecord[];
  /** Ids of the records that could not be written. */
  readonly unsaved: readonly string[];
  readonly cancelled: boolean;
}

/**
 * Runs whatever a plan has not completed yet, one child process after the other, and writes a record for each run, however it
 * ends.
 *
 * @throws BenchError, MeterError or ResultsError for a problem before the first run; a run that fails is only recorded
 */
export async function runSuite(plan: Plan, options: RunSuiteOptions): Promise<SuiteResult> {
  const { out, signal, onEvent } = options;
  checkOutput(out, plan);
  const release = openOutput(out, aboutPlan(plan));
  try {
    removeLeftovers(out);
    const records = options.force ? new Map<string, RunRecord>() : await finishedRuns(plan, out);
    if (options.save)
      for (const run of plan.known(records))
        if (run.stage === "final" && !existsSync(modelDirectory(out, run.id))) records.delete(run.id);
    const unsaved = new Map<string, RunRecord>();
    const attempted = new Set<string>();
    const next = (): PlannedRun | undefined =>
      plan.known(records).find(({ id }) => !records.has(id) && !attempted.has(id));
    let run = next();
    if (run !== undefined) await checkPlan(plan, (event) => onEvent({ type: "check", event }), signal);
    const total = plan.outline.length;
    onEvent({ type: "suite", total, done: records.size, out });
    const machine = run && (await openMachine(plan, options.allowBusy ?? false));
    for (; run !== undefined && !signal.aborted; run = next()) {
      await setAside(run, options);
      if (options.force || options.keepRunState === false) removeRunState(out, run.id);
      onEvent({ type: "run-begin", run, index: records.size + 1, total });
      const paramsSha256 = knownParams([...records.values()], run);
      const record = await recordOne(plan, run, machine!, { ...options, paramsSha256 }, attempted.size === 0);
      attempted.add(run.id);
      records.set(run.id, record);
      await save(run, record, unsaved, options);
      if (!isInterrupted(record)) removeRunState(out, run.id);
      onEvent({ type: "run-end", run, record });
    }
    const settled = [...records.values()].filter(isSettled).length;
    if (attempted.size > 0 && settled === total) await removeActivations(cacheFolder(out)); // until then a run that was killed may find its own
    for (const [id, record] of unsaved) if (await isWritten(out, record)) unsaved.delete(id);
    return {
      records: plan.known(records).flatMap(({ id }) => records.get(id) ?? []),
      unsaved: [...unsaved.keys()],
      cancelled: signal.aborted,
    };
  } finally {
    release();
  }
}

/** Moves a damaged record out of the way of the run that will write its own. @throws ResultsError E_RECORD_WRITE */
async function setAside({ id }: PlannedRun, { out, onEvent }: RunSuiteOptions): Promise<void> {
  const aside = await setAsideDamaged(out, id);
  if (aside === null) return;
  const [what] = aside.reason.split(";");
  onEvent({ type: "set-aside", message: `a damaged record was moved to ${aside.file} and is run again: ${what}` });
}

/** The parameters as another run of the suite loaded them, which this one must load too; random ones are another for each seed. */
function knownParams(records: readonly RunRecord[], { seed, identity }: PlannedRun): string | null {
  const same = records.find(
    ({ run, status, backboneSource }) =>
      status === "completed" && backboneSource !== null && (backboneSource.kind !== "random" || run.seed === seed),
  );
  return same?.identity?.backbone.reference === identity.backbone.reference ? same.backboneSource!.paramsSha256 : null;
}

/** Where the runs of an output directory keep activations that do not fit in memory. */
const cacheFolder = (out: string): string => join(out, "activation-cache");

async function openMachine(plan: Plan, allowBusy: boolean): Promise<Machine> {
  const { gpu } = plan.suite;
  const runsOnHost = plan.device.provider.runsOn === "host" || gpu === "software";
  const meter = await openMeter(typeof gpu === "number" && !runsOnHost ? { gpu } : {});
  const facts = await machineFacts(meter.gpu);
  if (runsOnHost) return { facts, meter: null, heldBytes: null };
  const { busy, usedBytes } = await assertIdle(meter, { allowBusy });
  return { facts, meter, heldBytes: busy ? usedBytes : null };
}

async function recordOne(
  plan: Plan,
  run: PlannedRun,
  machine: Machine,
  options: RunSuiteOptions & { readonly paramsSha256: string | null },
  isFirst: boolean,
): Promise<RunRecord> {
  const {
    out,
    save,
    signal,
    onEvent,
    paramsSha256,
    keepRunState = true,
    coolDownS = machine.meter === null ? 0 : 10,
  } = options;
  const watched = await runOne(plan, run, {
    meter: machine.meter,
    coolDownS: isFirst ? 0 : coolDownS,
    cacheDirectory: join(cacheFolder(out), plan.suite.shareCache ? "shared" : run.id),
    runState: keepRunState ? { file: runStateFile(out, run.id), identity: await runIdentity(plan, run) } : null,
    paramsSha256,
    saveTo: save && run.stage === "final" ? modelDirectory(out, run.id) : null,
    signal,
    onEvent: (event) => onEvent({ type: "run-event", run, event }),
  });
  const onProblem = (message: string): void => onEvent({ type: "unsaved", run, message });
  const trace = watched.gpu && (await saveTrace(out, run.id, watched.gpu.trace, onProblem));
  return buildRecord(plan, run, machine, watched, trace);
}

/** Writes the samples beside the record; null where there are none, or the disk refuses. */
async function saveTrace(
  out: string,
  id: string,
  trace: Trace,
  onProblem: (message: string) => void,
): Promise<RunRecord["trace"]> {
  if (trace.samples.length === 0) return null;
  const file = recordPath(out, id).replace(/\.json$/, ".csv");
  try {
    return { file: basename(file), sha256: await writeTraceCsv(file, trace) };
  } catch (error) {
    onProblem(`trace ${file}: ${(error as Error).message}`);
    return null;
  }
}

/** Cancelled or killed from outside, so that the same run may go on; one that failed by itself would fail again. */
function isInterrupted({ status, error }: RunRecord): boolean {
  return status === "cancelled" || (status === "failed" && error?.signal !== null);
}

/** Writes a record; where the disk refuses, it is kept and tried again after the last run. */
async function save(
  run: PlannedRun,
  record: RunRecord,
  unsaved: Map<string, RunRecord>,
  { out, onEvent }: RunSuiteOptions,
): Promise<void> {
  try {
    if (record.status === "cancelled" && (await finishedRecord(out, record.id)) !== undefined) return; // one run again keeps what it had
    await writeRecord(out, record);
  } catch (error) {
    unsaved.set(record.id, record);
    onEvent({ type: "unsaved", run, message: (error as Error).message });
  }
}

async function isWritten(out: string, record: RunRecord): Promise<boolean> {
  return writeRecord(out, record).then(
    () => true,
    () => false,
  );
}

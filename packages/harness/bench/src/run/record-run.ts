import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { type Trace, writeTraceCsv } from "@petl/meter";
import { isSettled, type RunRecord, recordPath, setAsideDamaged, writeRecord } from "@petl/results";
import { buildRecord } from "../record/build-record.js";
import { modelDirectory, readSavedModel } from "../saved/saved-model.js";
import { writeCard } from "../saved/write-card.js";
import type { Plan } from "../suite/plan.js";
import type { PlannedRun } from "../suite/planned-run.js";
import type { BenchEvent } from "./events.js";
import { finishedRecord } from "./finished.js";
import { runOne, type WatchOptions } from "./run-one.js";
import { removeRunState, runIdentity, runStateFile } from "./run-state-files.js";
import { runsOnHost, type Worker } from "./workers.js";

/** What becomes of each run. */
export interface RecordOptions {
  readonly out: string;
  /** Repeat completed runs. */
  readonly force?: boolean;
  /** Keep each tuned model below `out`/models; a completed run without one is repeated. */
  readonly save?: boolean;
  /** Rest before each run but a worker's first, in seconds; default 10 where a GPU is sampled, else 0. */
  readonly coolDownS?: number | undefined;
  /** Keep a run's state at each evaluation and where it is stopped, and go on there (default true). */
  readonly keepRunState?: boolean;
  readonly signal: AbortSignal;
  readonly onEvent: (event: BenchEvent) => void;
}

/** What is known of a run's surroundings. */
export interface Surroundings {
  readonly worker: Worker;
  /** Whether it is the worker's first, before which nothing warmed the machine. */
  readonly isFirst: boolean;
  /** The parameters as another run of the suite loaded them, which this one must load too; null: not known. */
  readonly paramsSha256: string | null;
}

/** A run's record, and whether it is on the disk. */
export interface Recorded {
  readonly record: RunRecord;
  readonly isSaved: boolean;
}

/** Does a run and writes its record, whatever its ending. @throws ResultsError where a damaged record cannot be moved out of the way */
export async function recordRun(
  plan: Plan,
  run: PlannedRun,
  surroundings: Surroundings,
  options: RecordOptions,
): Promise<Recorded> {
  const { out, force, keepRunState = true } = options;
  await setAside(run, options);
  if (force || !keepRunState) removeRunState(out, run.id);
  const record = await watch(plan, run, surroundings, options);
  const isSaved = await save(run, record, options);
  if (record.status === "completed") describeModel(run, record, options);
  if (!isInterrupted(record)) removeRunState(out, run.id);
  return { record, isSaved };
}

/** Whether a run has its record, and its model if models are kept. */
export function isDone(
  run: PlannedRun,
  record: RunRecord | undefined,
  { out, save }: Pick<RecordOptions, "out" | "save">,
): boolean {
  if (record === undefined || !isSettled(record)) return false;
  return !save || run.stage !== "final" || existsSync(modelDirectory(out, run.id));
}

/** Moves a damaged record out of the way of the run that will write its own. @throws ResultsError E_RECORD_WRITE */
async function setAside({ id }: PlannedRun, { out, onEvent }: RecordOptions): Promise<void> {
  const aside = await setAsideDamaged(out, id);
  if (aside === null) return;
  const [what] = aside.reason.split(";");
  onEvent({ type: "set-aside", message: `a damaged record was moved to ${aside.file} and is run again: ${what}` });
}

/** Where the runs of an output directory keep activations that do not fit in memory. */
export const cacheFolder = (out: string): string => join(out, "activation-cache");

/**
 * Where a run keeps activations. Trials of a search differ in their rate alone, so that the backbone need run for the first only; not on a
 * GPU, which may run it again in less time than a disk takes.
 */
function cacheOf(plan: Plan, { id, stage }: PlannedRun, out: string): WatchOptions["cache"] {
  const sharing = plan.suite.shareCache ? "shared" : stage === "trial" && runsOnHost(plan) ? "trials" : null;
  return { directory: join(cacheFolder(out), sharing ?? id), isShared: sharing !== null };
}

async function watch(
  plan: Plan,
  run: PlannedRun,
  { worker, isFirst, paramsSha256 }: Surroundings,
  options: RecordOptions,
): Promise<RunRecord> {
  const { machine } = worker;
  const { out, save, signal, onEvent, keepRunState = true, coolDownS = machine.meter === null ? 0 : 10 } = options;
  const watched = await runOne(plan, run, {
    worker,
    coolDownS: isFirst ? 0 : coolDownS,
    cache: cacheOf(plan, run, out),
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

/** Writes the card of a run's model, where it kept one. */
function describeModel(run: PlannedRun, record: RunRecord, { out, onEvent }: RecordOptions): void {
  const { id, method } = run;
  const directory = modelDirectory(out, id);
  if (!existsSync(directory)) return;
  const use = `\`petl-bench predict\` answers texts with it, \`petl-bench export\` writes it for other libraries.`;
  try {
    writeCard(directory, readSavedModel(directory), record, { method: method.name, library: "petl-bench", use });
  } catch (error) {
    onEvent({
      type: "set-aside",
      message: `the model card of ${id} could not be written: ${(error as Error).message}`,
    });
  }
}

/** Cancelled or killed from outside, so that the same run may go on; one that failed by itself would fail again. */
function isInterrupted({ status, error }: RunRecord): boolean {
  return status === "cancelled" || (status === "failed" && error?.signal !== null);
}

/** Writes a record; false where the disk refuses. */
async function save(run: PlannedRun, record: RunRecord, { out, onEvent }: RecordOptions): Promise<boolean> {
  try {
    if (record.status === "cancelled" && (await finishedRecord(out, record.id)) !== undefined) return true; // one run again keeps what it had
    await writeRecord(out, record);
    return true;
  } catch (error) {
    onEvent({ type: "unsaved", run, message: (error as Error).message });
    return false;
  }
}

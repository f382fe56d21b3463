import { setTimeout as delay } from "node:timers/promises";
import { type RunRecord, readRecord, recordPath } from "@petl/results";
import { BenchError } from "../errors.js";
import { refuseForeign } from "../ownership/folders.js";
import type { Plan } from "../suite/plan.js";
import type { PlannedRun } from "../suite/planned-run.js";
import { type ClaimedEnding, claimAndRecord } from "./claim-and-record.js";
import { finishedRecord, finishedRuns } from "./finished.js";
import { knownParams } from "./params.js";
import { isDone, type RecordOptions, type Surroundings } from "./record-run.js";
import { openWorkers, type WorkersWanted } from "./workers.js";

export interface RunSlotOptions extends RecordOptions, Pick<WorkersWanted, "allowBusy"> {
  /** Wait where a search that it depends on is not over. */
  readonly wait?: boolean;
  /** Of the process that claims the run: no two live ones have the same, and one that is started again has that of the one before. */
  readonly name?: string | undefined;
  /** Cores that are this process's on a machine that others share; null: all it finds. */
  readonly threads?: number | null;
  /** Called once before a wait. */
  readonly onWait?: (message: string) => void;
}

/** What became of one run of a plan. */
export type SlotEnding =
  | ClaimedEnding
  /** A search that it depends on is not over, or is over without a choice; `why` says what is missing. */
  | { readonly kind: "blocked"; readonly why: string };

const waitMs = 15_000;

/**
 * Does one run of a plan whose output folder other processes share, unless it is done or one of them does it.
 *
 * What of the plan is done is read from the records that this run depends on, no others.
 *
 * @throws BenchError E_OUT_FOREIGN where the folder is no output of a bench; MeterError; ResultsError; the signal's reason
 */
export async function runSlot(plan: Plan, slot: string, options: RunSlotOptions): Promise<SlotEnding> {
  const { out, force = false, threads = null } = options;
  refuseForeign(out);
  const found = await find(plan, slot, options);
  if ("why" in found) return { kind: "blocked", why: found.why };
  const { run, records } = found;
  const before = force ? undefined : await finishedRecord(out, run.id);
  if (before !== undefined && isDone(run, before, options))
    return { kind: "recorded", record: before, isSaved: true, isNew: false };
  const begin = async (): Promise<Surroundings> => {
    const [worker] = await openWorkers(plan, options);
    options.onEvent({ type: "run-begin", run, index: 1, total: 1 });
    const paramsSha256 = knownParams([...records.values()], run);
    return { worker: { ...worker!, threads }, isFirst: true, paramsSha256 };
  };
  const ending = await claimAndRecord(plan, run, begin, options);
  if (ending.kind === "recorded" && ending.isNew) options.onEvent({ type: "run-end", run, record: ending.record });
  return ending;
}

interface Found {
  readonly run: PlannedRun;
  /** Those it depends on. */
  readonly records: ReadonlyMap<string, RunRecord>;
}

/** The run of a slot, as soon as its search is over where it has one. */
async function find(
  plan: Plan,
  slot: string,
  { out, wait = false, signal, onWait = () => {} }: RunSlotOptions,
): Promise<Found | { readonly why: string }> {
  const outlined = plan.outline.find((each) => each.slot === slot);
  if (outlined === undefined)
    throw new BenchError("E_SUITE_INVALID", `run "${slot}": expected one of the plan's, which has none of that name`);
  for (let isFirst = true; ; isFirst = false) {
    const records = outlined.wave === 1 ? new Map<string, RunRecord>() : await finishedRuns(plan, out, slot);
    const known = plan.known(records, slot);
    const run = known.find((each) => each.slot === slot);
    if (run !== undefined) return { run, records };
    const open = known.filter(({ id, wave }) => wave < outlined.wave && !records.has(id));
    if (open.length === 0)
      return { why: "every trial of its search diverged: widen --decades or lower --learning-rate" };
    const missing = `${open.length} ${open.length === 1 ? "run" : "runs"} of its search`;
    const failed = await failedOf(out, open);
    if (failed !== null)
      return { why: `${missing} are missing, of which "${failed}" failed: see why, then submit again` };
    if (!wait) return { why: `${missing} are not done: submit again what is missing once they are` };
    if (isFirst) onWait(`waiting for ${missing}`);
    await delay(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** The slot of the first run that ended in a failure of its own, which it would meet again; null where none did. `runs` are not settled. */
async function failedOf(out: string, runs: readonly PlannedRun[]): Promise<string | null> {
  for (const { id, slot } of runs) {
    const record = await readRecord(recordPath(out, id)).catch(() => null);
    if (record?.status === "failed") return slot;
  }
  return null;
}

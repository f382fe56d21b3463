import type { ProcessIdentity } from "@petl/files";
import { isSettled, type RecordHead, readRecordHeads } from "@petl/results";
import { claimedRuns } from "../run/claims.js";
import { keyOfRecord } from "../suite/run-key.js";
import type { SharedPlan, SharedRun } from "../suite/shared-plan.js";

/** Where one run of a shared plan stands, by the files of its output directory alone. */
export interface RunStatus {
  readonly run: SharedRun;
  /** `missing` also where it was stopped and has a state to go on from. */
  readonly state: "done" | "failed" | "running" | "missing";
  /** Who does it; null where nobody does. */
  readonly holder: ProcessIdentity | null;
  /** Why it failed; null where it did not. */
  readonly error: RecordHead["error"];
}

/**
 * Where every run of a shared plan stands, in its order. Of records only the beginning is read, and nothing of it is checked: a search's
 * later trials are told from one another by their number in each rung.
 */
export async function suiteStatus(out: string, { suite, runs }: SharedPlan): Promise<RunStatus[]> {
  const heads = await readRecordHeads(out);
  const byId = new Map(heads.map((head) => [head.id, head]));
  const byKey = runs.some(({ id }) => id === null) ? groupedByKey(heads, suite.name) : new Map<string, RecordHead[]>();
  const holders = new Map(claimedRuns(out).map(({ slot, holder }) => [slot, holder]));
  return runs.map((run): RunStatus => {
    const record = run.id === null ? byKey.get(run.key)?.shift() : byId.get(run.id); // each record is of one run
    const holder = holders.get(run.slot) ?? null;
    const isDone = record !== undefined && isSettled(record);
    const error = record?.status === "failed" && !isDone ? record.error : null;
    const state = isDone ? "done" : holder !== null ? "running" : error !== null ? "failed" : "missing";
    return { run, state, holder, error };
  });
}

/** The records of a suite by their keys, those that are settled first. */
function groupedByKey(heads: readonly RecordHead[], suite: string): Map<string, RecordHead[]> {
  const groups = new Map<string, RecordHead[]>();
  for (const head of heads) {
    if (head.run.suite !== suite) continue;
    const key = keyOfRecord(head);
    const same = groups.get(key) ?? [];
    groups.set(key, isSettled(head) ? [head, ...same] : [...same, head]);
  }
  return groups;
}

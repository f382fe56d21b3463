import type { RunRecord } from "@petl/results";
import type { Plan } from "../suite/plan.js";
import type { PlannedRun } from "../suite/planned-run.js";
import { claimRun } from "./claims.js";
import { finishedRecord } from "./finished.js";
import { isDone, type RecordOptions, recordRun, type Surroundings } from "./record-run.js";

/** What became of a run that other processes may do as well. */
export type ClaimedEnding =
  /** It was done before, or is now; `isSaved` tells whether the record is on the disk. */
  | { readonly kind: "recorded"; readonly record: RunRecord; readonly isSaved: boolean; readonly isNew: boolean }
  /** Another process does it. */
  | { readonly kind: "elsewhere"; readonly by: string };

/**
 * Does a run that no other process does and none has done meanwhile. `begin` is called once it is this process's to do; `name` is as for
 * `claim`. @throws what `begin` and `recordRun` throw; the signal's reason
 */
export async function claimAndRecord(
  plan: Plan,
  run: PlannedRun,
  begin: () => Surroundings | Promise<Surroundings>,
  options: RecordOptions & { readonly name?: string | undefined },
): Promise<ClaimedEnding> {
  const { out, force, name, signal } = options;
  const claimed = await claimRun(out, run, { name, signal });
  if (!claimed.isOurs) return { kind: "elsewhere", by: `process ${claimed.holder.pid} on ${claimed.holder.host}` };
  try {
    const theirs = force ? undefined : await finishedRecord(out, run.id);
    if (theirs !== undefined && isDone(run, theirs, options))
      return { kind: "recorded", record: theirs, isSaved: true, isNew: false };
    return { kind: "recorded", ...(await recordRun(plan, run, await begin(), options)), isNew: true };
  } finally {
    claimed.release();
  }
}

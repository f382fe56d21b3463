import { existsSync } from "node:fs";
import { isSettled, ResultsError, type RunRecord, readRecord, recordPath } from "@petl/results";
import type { Plan } from "../suite/plan.js";

/**
 * The settled records of a plan's runs in an output directory, by id, those included that others make known; with a `slot`, of that run and
 * those that it depends on. @throws ResultsError E_RECORD_NEWER
 */
export async function finishedRuns(plan: Plan, out: string, slot?: string): Promise<Map<string, RunRecord>> {
  const finished = new Map<string, RunRecord>();
  const looked = new Set<string>();
  for (;;) {
    const found = finished.size;
    for (const { id } of plan.known(finished, slot)) {
      if (looked.has(id)) continue;
      looked.add(id);
      const record = await finishedRecord(out, id);
      if (record !== undefined) finished.set(id, record);
    }
    if (finished.size === found) return finished;
  }
}

/** The record of a run, if it is there and settled; a damaged one counts as missing. @throws ResultsError E_RECORD_NEWER */
export async function finishedRecord(out: string, id: string): Promise<RunRecord | undefined> {
  const file = recordPath(out, id);
  if (!existsSync(file)) return undefined;
  try {
    const record = await readRecord(file);
    return isSettled(record) ? record : undefined;
  } catch (error) {
    if (error instanceof ResultsError && error.code !== "E_RECORD_NEWER") return undefined;
    throw error;
  }
}

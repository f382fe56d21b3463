import { existsSync } from "node:fs";
import { ResultsError, type RunRecord, readRecord, recordPath } from "@petl/results";
import type { Plan } from "../suite/plan.js";

/** The completed records of a plan's runs in an output directory, by id. @throws ResultsError E_RECORD_NEWER */
export async function finishedRuns(plan: Plan, out: string): Promise<Map<string, RunRecord>> {
  const finished = new Map<string, RunRecord>();
  for (const { id } of plan.runs) {
    const record = await finishedRecord(out, id);
    if (record !== undefined) finished.set(id, record);
  }
  return finished;
}

/** The record of a run, if it is there and completed; a damaged one counts as missing. @throws ResultsError E_RECORD_NEWER */
export async function finishedRecord(out: string, id: string): Promise<RunRecord | undefined> {
  const file = recordPath(out, id);
  if (!existsSync(file)) return undefined;
  try {
    const record = await readRecord(file);
    return record.status === "completed" ? record : undefined;
  } catch (error) {
    if (error instanceof ResultsError && error.code !== "E_RECORD_NEWER") return undefined;
    throw error;
  }
}

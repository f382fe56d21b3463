import { existsSync } from "node:fs";
import { ResultsError, type RunRecord, readRecord, recordPath } from "@petl/results";
import type { Plan } from "../suite/plan.js";

/** The completed records of a plan's runs that lie in an output directory, by id. */
export async function finishedRuns(plan: Plan, out: string): Promise<Map<string, RunRecord>> {
  const finished = new Map<string, RunRecord>();
  for (const { id } of plan.runs) {
    const record = await finishedRecord(out, id);
    if (record !== undefined) finished.set(id, record);
  }
  return finished;
}

/** The record of a run, if it is there and completed; an unreadable one counts as missing. */
export async function finishedRecord(out: string, id: string): Promise<RunRecord | undefined> {
  const file = recordPath(out, id);
  if (!existsSync(file)) return undefined;
  try {
    const record = await readRecord(file);
    return record.status === "completed" ? record : undefined;
  } catch (error) {
    if (error instanceof ResultsError) return undefined;
    throw error;
  }
}

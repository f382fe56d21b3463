import { existsSync } from "node:fs";
import { ResultsError, type RunRecord, readRecord, recordPath } from "@petl/results";
import type { Plan } from "../suite/plan.js";

/** The completed records of a plan's runs that lie in an output directory, by id; unreadable ones count as missing. */
export async function finishedRuns(plan: Plan, out: string): Promise<Map<string, RunRecord>> {
  const finished = new Map<string, RunRecord>();
  for (const { id } of plan.runs) {
    const file = recordPath(out, id);
    if (!existsSync(file)) continue;
    try {
      const record = await readRecord(file);
      if (record.status === "completed") finished.set(id, record);
    } catch (error) {
      if (!(error instanceof ResultsError)) throw error;
    }
  }
  return finished;
}

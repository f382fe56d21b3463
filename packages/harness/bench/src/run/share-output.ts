import { join } from "node:path";
import { makeDirectory, writeWholeSync } from "@petl/files";
import { unwritable } from "../ownership/folders.js";
import type { Plan } from "../suite/plan.js";
import type { SharedPlan } from "../suite/shared-plan.js";
import { checkOutput } from "./check-output.js";
import { openOutput } from "./output.js";
import { aboutPlan } from "./plan-file.js";

/** Where an output directory keeps what it shares with jobs. */
export const jobFolder = (out: string): string => join(out, "jobs");

/** Where it keeps a shared plan. */
export const sharedPlanFile = (out: string, id: string): string => join(jobFolder(out), `${id}.json`);

/**
 * Makes an output directory ready for other processes: marks it, and writes the plan there from which they work.
 *
 * @throws BenchError as `runSuite` for the directory
 */
export function shareOutput(plan: Plan, out: string, shared: SharedPlan): void {
  checkOutput(out, plan);
  const release = openOutput(out, aboutPlan(plan));
  try {
    makeDirectory(jobFolder(out));
    writeWholeSync(sharedPlanFile(out, shared.id), `${JSON.stringify(shared)}\n`);
  } catch (cause) {
    throw unwritable(out, cause);
  } finally {
    release();
  }
}

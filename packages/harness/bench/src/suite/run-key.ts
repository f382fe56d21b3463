import type { RecordHead } from "@petl/results";
import { configHash } from "./config-hash.js";
import type { OutlinedRun } from "./planned-run.js";

/** What an outlined run and its record have in common; runs of one rung of one search share it. */
export function keyOfRun({ stage, wave, method, config, task, seed, options }: OutlinedRun): string {
  const rung = stage === "trial" ? wave : null;
  return configHash([stage, rung, method.name, config ?? null, task.name, seed, options.limit]);
}

/** The key of the run that a record is of. */
export function keyOfRecord({ run }: Pick<RecordHead, "run">): string {
  const { stage, trial, method, methodConfig, task, seed, settings } = run;
  return configHash([stage, trial?.rung ?? null, method, methodConfig, task, seed, settings.limit]);
}

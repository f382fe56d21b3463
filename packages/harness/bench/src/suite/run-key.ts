import type { RecordHead } from "@petl/results";
import { identityValues, recordedValues, renamed, trainingSettings } from "@petl/settings";
import { configHash } from "./config-hash.js";
import type { OutlinedRun } from "./planned-run.js";

/** What an outlined run and its record have in common; runs of one rung of one search share it. */
export function keyOfRun({ stage, wave, method, config, task, seed, settings, options }: OutlinedRun): string {
  const rung = stage === "trial" ? wave : null;
  const training = ownTraining(recordedValues(trainingSettings, settings));
  return configHash([stage, rung, method.name, config ?? null, task.name, seed, options.limit, training]);
}

/** The key of the run that a record is of. */
export function keyOfRecord({ run }: Pick<RecordHead, "run">): string {
  const { stage, trial, method, methodConfig, task, seed, settings } = run;
  const training = ownTraining(renamed(trainingSettings, settings));
  return configHash([stage, trial?.rung ?? null, method, methodConfig, task, seed, settings.limit, training]);
}

/** A search tries and chooses a rate; warm-up may follow from the number of updates. */
const unknownBefore = ["learningRate", "warmupSteps"];

/** The training settings among recorded ones that tell runs apart and are known before a run has begun. */
function ownTraining(recorded: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const known = Object.entries(recorded).filter(([key]) => key in trainingSettings && !unknownBefore.includes(key));
  return identityValues(trainingSettings, Object.fromEntries(known));
}

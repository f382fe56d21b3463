import { defaultsOf, type TrainingValues, trainingSettings } from "@petl/settings";

/** How a run is trained and evaluated; the same for every method of a suite. Its fields are entries of `@petl/settings`. */
export interface TrainSettings extends TrainingValues {
  readonly seed: number;
}

export const defaultSettings: TrainSettings = { seed: 0, ...defaultsOf(trainingSettings) };

/** Updates a run makes, its warm-up, and how many make an epoch. */
export function plannedSteps(settings: TrainSettings, examples: number) {
  const stepsPerEpoch = Math.ceil(examples / settings.batchSize);
  const steps = settings.steps ?? settings.epochs * stepsPerEpoch;
  const warmupSteps = settings.warmupSteps ?? Math.min(500, Math.floor(steps / 10));
  return { steps, stepsPerEpoch, warmupSteps };
}

export {
  ActivationCache,
  type ActivationCacheOptions,
  type CacheBudget,
  type CacheMode,
  type CacheSettings,
  cacheNeeds,
  defaultCacheSettings,
  defaultShares,
  disposeRecordings,
  plannedRecordings,
  type Recordings,
} from "./activation-cache/index.js";
export {
  type BackboneRow,
  type Batch,
  disposeBatch,
  epochBatches,
  evaluationBatches,
  makeBatch,
  type PaddedRows,
  trainingRow,
} from "./batches.js";
export type { EvaluationResult, TrainEvent } from "./events.js";
export { type Predictions, type PredictSettings, predict } from "./predict.js";
export type { BestEvaluation, ResumePoint, TrainingState } from "./resume.js";
export { defaultSettings, plannedSteps, type TrainSettings } from "./settings.js";
export { type StepSettings, trainStep } from "./step.js";
export {
  type EvaluationSet,
  prepareTask,
  prepareTexts,
  type TaskData,
  type TaskTexts,
  type TokenizedExample,
} from "./task-data.js";
export { counts, DivergedError, type Evaluated, evaluate, type TrainInput, type TrainResult, train } from "./train.js";
export { TunedModel, type TunedModelOptions } from "./tuned-model.js";

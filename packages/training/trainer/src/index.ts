export { type Answer, type Predictions, type PredictSettings, predict } from "./answer/predict.js";
export { type Batch, disposeBatch, epochBatches, makeBatch, trainingRow } from "./batches.js";
export { DivergedError } from "./diverged-error.js";
export { type Answering, type Encoding, headTaskOf, type TokenizedExample } from "./encode/example.js";
export { headStartOf } from "./encode/head-start.js";
export { type Evaluated, type EvaluateOptions, evaluate, isBetter } from "./evaluate.js";
export type { Answers, EvaluationResult, TrainEvent } from "./events.js";
export { LossScaleError, type LossScaleState, lossScalerOf } from "./loss-scale.js";
export {
  type RecordingsOf,
  type RehearsedSettings,
  rehearseEvaluation,
  rehearseUpdate,
} from "./rehearse.js";
export { type BestEvaluation, bestTensors, type ResumePoint, type TrainingState } from "./resume.js";
export { defaultSettings, plannedSteps, type TrainSettings } from "./settings.js";
export { type StepSettings, trainStep, UpdateGradients } from "./step.js";
export {
  type EvaluationSet,
  prepareTask,
  prepareTexts,
  type ScoredSets,
  type TaskData,
  type TaskTexts,
} from "./task-data.js";
export { type TrainInput, type TrainResult, train } from "./train.js";
export { Trainee } from "./trainee.js";
export { counts, TunedModel, type TunedModelOptions } from "./tuned-model.js";

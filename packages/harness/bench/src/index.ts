export type { ChildEvent } from "./child/protocol.js";
export { BenchError, type BenchErrorCode, firstLine, thrownText } from "./errors.js";
export type { CacheForecast } from "./forecast/cache.js";
export { type CalibrateOptions, type Calibration, calibrate } from "./forecast/calibrate.js";
export { type ForwardFlops, forwardFlops } from "./forecast/forward-flops.js";
export { findGeometry, type Geometry } from "./forecast/geometry.js";
export { findGpuSpec, type GpuSpec, gpuSpecs, specOfDriverName } from "./forecast/gpu-specs.js";
export { type CostForecast, type ForecastRequest, forecastMethods, type MethodForecast } from "./forecast/methods.js";
export { atBest, type Precision, type PredictedCost, predictedPrecisions } from "./forecast/predict-cost.js";
export { type Measured, type MeasureOptions, measureCommand } from "./measure/measure-command.js";
export type { GpuMeasurement, Measurement } from "./measure/measurement.js";
export { refuseForeign } from "./ownership/folders.js";
export { type QuantiseBackboneOptions, quantiseBackbone } from "./quantise/quantise-backbone.js";
export { type MachineFacts, machineFacts } from "./record/environment.js";
export { listBackbonePackages } from "./resolve/backbone.js";
export { listCollections } from "./resolve/collections.js";
export { isDataWord } from "./resolve/data.js";
export { type FoundGpu, listDevices, listGpus } from "./resolve/device.js";
export { type FoundFamily, listFamilies } from "./resolve/family.js";
export { type FoundMethod, listMethods } from "./resolve/method.js";
export { nearMatch } from "./resolve/near-match.js";
export { workspaceRoot } from "./resolve/own-tree.js";
export { namedIn, type Places } from "./resolve/places.js";
export { checkOutput } from "./run/check-output.js";
export type { BenchEvent } from "./run/events.js";
export { finishedRuns } from "./run/finished.js";
export { findEarlierOutput } from "./run/plan-file.js";
export { type RunSlotOptions, runSlot, type SlotEnding } from "./run/run-slot.js";
export { type RunSuiteOptions, runSuite, type SuiteResult } from "./run/run-suite.js";
export { jobFolder, sharedPlanFile, shareOutput } from "./run/share-output.js";
export { type EvaluateOptions, evaluateSaved, type SavedEvaluation } from "./saved/evaluate-saved.js";
export { type ExportedModel, type ExportOptions, exportSaved, mergedLayout } from "./saved/export-saved.js";
export { predictSaved, type TextPrediction } from "./saved/predict-saved.js";
export { type RunStatus, suiteStatus } from "./status/suite-status.js";
export { assignRuns, type SubmittedFile } from "./submit/assign-runs.js";
export { chooseRuns, type RunChoice } from "./submit/choose-runs.js";
export { type PredictOptions, predictRuns } from "./submit/predict-runs.js";
export { writeSubmission } from "./submit/write-submission.js";
export { loadSuite } from "./suite/load-suite.js";
export type { CellSearch } from "./suite/outline.js";
export { type Plan, type PlanOptions, planSuite } from "./suite/plan.js";
export type { OutlinedRun, PlannedRun } from "./suite/planned-run.js";
export {
  type FoundRate,
  type GivenSettings,
  givenSettings,
  parseSuite,
  type Suite,
  type SuiteInput,
  settingsOf,
} from "./suite/schema.js";
export { planShared, readSharedPlan, type SharedPlan, type SharedRun, sharedPlan } from "./suite/shared-plan.js";
export { type TaskRows, trainExamples } from "./suite/task-files.js";
export { type RankedTrial, rankTrials, type TrialWorth, worthOf } from "./tune/rank-trials.js";

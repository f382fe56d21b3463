export { defaultCacheDir } from "./download/cache.js";
export type { Download, DownloadOptions, DownloadProgress } from "./download/download.js";
export { downloadTask } from "./download/download.js";
export type { Origin } from "./download/pins.js";
export { GlueError, type GlueErrorCode } from "./errors.js";
export type { Format, SegmentFormat, TextFormat } from "./formats/format.js";
export { findAnyFormat, findFormat, lmEval, lst, segments, t5 } from "./formats/index.js";
export type { Example } from "./load/example.js";
export { type HoldOut, heldOutRows } from "./load/hold-out.js";
export type { SourceFile, Split, SplitOptions } from "./load/split.js";
export { loadSplit } from "./load/split.js";
export type { LoadedTask, LoadOptions } from "./load/task.js";
export { loadEvaluations, loadTask } from "./load/task.js";
export { bootstrapInterval, type DrawIntegers, type ScoreInterval } from "./metrics/bootstrap.js";
export type { Prediction } from "./metrics/classification.js";
export { accuracy, f1, matthews } from "./metrics/classification.js";
export { bestConstant, type ConstantScore } from "./metrics/constant.js";
export { pearson, spearman } from "./metrics/correlation.js";
export type { Notice } from "./metrics/notices.js";
export type { Evaluation, Score, TaskScore } from "./metrics/score.js";
export { score, scoreTask } from "./metrics/score.js";
export { nearest } from "./nearest.js";
export type { GlueData, OpenOptions } from "./open.js";
export { openGlue } from "./open.js";
export { type SubmissionFile, submissionFiles } from "./submission/files.js";
export {
  checkPredictions,
  constantPredictions,
  predictionsText,
  zipPredictions,
} from "./submission/predictions.js";
export type { Column, Label, MetricName, SplitLayout, SplitName, Target, Task, TaskName } from "./task.js";
export * from "./tasks/index.js";

export { quote, TaskError, type TaskErrorCode } from "./errors.js";
export type { Format, SegmentFormat, TextFormat } from "./formats/format.js";
export { findAnyFormat, findFormat, lmEval, lst, segments, t5 } from "./formats/index.js";
export { roundedScore } from "./formats/scores.js";
export type { Example } from "./load/example.js";
export { type HoldOut, heldOutRows, holdOut, poolSize } from "./load/hold-out.js";
export {
  type LoadedTask,
  type LoadOptions,
  loadEvaluations,
  loadTask,
  type TaskData,
  type TaskReader,
} from "./load/load-task.js";
export { checkLimit, Sample, scatter } from "./load/sample.js";
export type { SourceFile, Split } from "./load/split.js";
export { type MetricName, metricNames } from "./metric-names.js";
export { bootstrapInterval, type DrawIntegers, type ScoreInterval } from "./metrics/bootstrap.js";
export type { Prediction } from "./metrics/classification.js";
export { accuracy, f1, matthews } from "./metrics/classification.js";
export { bestConstant, type ConstantScore } from "./metrics/constant.js";
export { pearson, spearman } from "./metrics/correlation.js";
export type { Notice } from "./metrics/notices.js";
export type { Evaluation, Score, TaskScore } from "./metrics/score.js";
export { score, scoreTask } from "./metrics/score.js";
export { nearest } from "./nearest.js";
export type { Label, Prompt, ScoredTask, Target, Task } from "./task.js";

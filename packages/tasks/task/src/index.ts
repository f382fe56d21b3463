export { quote, TaskError, type TaskErrorCode } from "./errors.js";
export type { Format, SegmentFormat, TextFormat } from "./formats/format.js";
export { findAnyFormat, findFormat, lmEval, lst, segments, t5 } from "./formats/index.js";
export { roundedScore } from "./formats/scores.js";
export { type Example, type Prediction, type Reference, referenceOf } from "./load/example.js";
export { GroupSample } from "./load/group-sample.js";
export { groupsOf, rowsByGroup } from "./load/groups.js";
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
export { type MetricName, metricNames, metricTable } from "./metric-names.js";
export { bootstrapInterval, type DrawIntegers, type ScoreInterval } from "./metrics/bootstrap.js";
export { bestConstant, type ConstantScore } from "./metrics/constant.js";
export type { Notice } from "./metrics/notices.js";
export type { Evaluation, Score, TaskScore } from "./metrics/score.js";
export { score, scoreTask } from "./metrics/score.js";
export { type ScoredText, textScorer } from "./metrics/text-scorer.js";
export { nearest } from "./nearest.js";
export type { Collection, Label, Prompt, ScoredTask, Target, Task } from "./task.js";

export { canonicalJson } from "./canonical-json.js";
export { hasDiverged, isSettled } from "./ending.js";
export { ResultsError, type ResultsErrorCode } from "./errors.js";
export { type RecordHead, readRecordHeads } from "./record-head.js";
export { reportedScore } from "./reported-score.js";
export {
  type ActivationCacheFigures,
  type ChosenSettings,
  ChosenSettingsSchema,
  type EnergyWindow,
  type EpochCost,
  type Evaluation,
  type RunIdentity,
  type RunRecord,
  RunRecordSchema,
  type RunSettings,
  RunSettingsSchema,
  type RunStatus,
  SCHEMA_VERSION,
  type ScoreInterval,
  type ScoreNotice,
  type ScorePoint,
  type SplitAnswers,
  type TensorBytes,
  type Trial,
} from "./schema.js";
export { type SetAside, setAsideDamaged } from "./set-aside.js";
export {
  parseRecord,
  type RecordProblem,
  type RecordSet,
  readRecord,
  readRecords,
  recordPath,
  writeRecord,
} from "./store.js";

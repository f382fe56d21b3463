export { defaultCacheDir } from "./download/cache.js";
export type { Download, DownloadOptions, DownloadProgress } from "./download/download.js";
export { downloadTask } from "./download/download.js";
export type { Origin } from "./download/pins.js";
export type { SplitOptions } from "./load/split.js";
export { loadSplit } from "./load/split.js";
export { glueReader } from "./load/task.js";
export type { OpenOptions } from "./open.js";
export { openGlue } from "./open.js";
export { type SubmissionFile, submissionFiles } from "./submission/files.js";
export {
  checkPredictions,
  constantPredictions,
  predictionsText,
  zipPredictions,
} from "./submission/predictions.js";
export { type Column, type GlueTask, isGlueTask, type SplitLayout } from "./task.js";
export * from "./tasks/index.js";

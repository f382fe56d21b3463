export {
  type DownloadProgress,
  type HubOptions as ResolveOptions,
  type HubRevision,
  hubCacheDirectory,
} from "@petl/hub";
export { readConfig } from "./config.js";
export { CheckpointError, type CheckpointErrorCode, type CheckpointErrorDetails } from "./error.js";
export { CONFIG_FILE } from "./file-names.js";
export {
  type CheckpointFile,
  cachedSnapshot,
  checkComplete,
  checkpointDigests,
  hubConfigFile,
  hubRevision,
  type ResolvedCheckpoint,
  resolveCheckpoint,
} from "./hub/resolve.js";
export { type ExpectedTensor, type MatchOptions, matchTensors } from "./match-tensors.js";
export { openCheckpoint } from "./open-checkpoint.js";
export { readSafetensors, type SafetensorsFile, type TensorSource } from "./safetensors/file.js";
export type { TensorInfo } from "./safetensors/header.js";
export {
  type LazyTensor,
  type TensorData,
  type WriteOptions,
  writeSafetensors,
  writeSafetensorsLazily,
} from "./safetensors/write.js";
export { copyTokenizer, tokenizerFiles } from "./tokenizer/copy.js";
export { loadTokenizer } from "./tokenizer/load.js";
export type {
  DecodeOptions,
  EncodeContinuationOptions,
  EncodedContinuation,
  EncodedPair,
  EncodeOptions,
  EncodePairOptions,
  Tokenizer,
} from "./tokenizer/tokenizer.js";

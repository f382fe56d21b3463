export {
  type DownloadProgress,
  type HubOptions as ResolveOptions,
  type HubRevision,
  hubCacheDirectory,
} from "@petl/hub";
export { quantisationConfig, quantisationField } from "./bitsandbytes/config.js";
export { readConfig } from "./config.js";
export { CheckpointError, type CheckpointErrorCode, type CheckpointErrorDetails } from "./error.js";
export { CONFIG_FILE, isWeightFile } from "./file-names.js";
export { type GgufDescription, type GgufNaming, inFileOrder, type ModelTensor } from "./gguf/naming.js";
export type { WrittenFormat } from "./gguf/types.js";
export { type GgufMetadata, type GgufValue, ggufValue } from "./gguf/value.js";
export { type LazyGgufTensor, writeGguf } from "./gguf/write.js";
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
export { type OpenOptions, openCheckpoint } from "./open-checkpoint.js";
export { readSafetensors, type SafetensorsFile } from "./safetensors/file.js";
export {
  type LazyTensor,
  type TensorData,
  type WriteOptions,
  writeSafetensors,
  writeSafetensorsLazily,
} from "./safetensors/write.js";
export type { LazyStoredTensor } from "./stored-bytes.js";
export { storedFormat, type TensorInfo, type TensorSource } from "./tensor-source.js";
export { copyTokenizer, tokenizerFiles } from "./tokenizer/copy.js";
export { type GgufTokenizer, ggufTokenizer } from "./tokenizer/gguf/tokenizer-metadata.js";
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
export {
  type SafetensorsFormat,
  safetensorsFormats,
  writeStoredSafetensors,
} from "./write-stored.js";

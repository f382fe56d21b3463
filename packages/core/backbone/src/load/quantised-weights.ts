import type { WeightFormat } from "@petl/weight-formats";
import type { OtherFormat } from "./gguf-formats.js";

/** What was written. */
export interface QuantisedWeights {
  /** Data of the source's tensors. */
  readonly bytesBefore: number;
  /** The file. */
  readonly bytesAfter: number;
  /** Formats below 16 bits in which tensors were before and are no more: each with how many. */
  readonly roundedBefore: ReadonlyMap<WeightFormat, number>;
  /** Of GGUF: tensors whose rows are no whole blocks of the format that they should have. */
  readonly otherFormats: readonly OtherFormat[];
  /** What else the file lacks or other programs may do otherwise, in words. */
  readonly notes: readonly string[];
  /** Of safetensors: modules that transformers must leave as they are. */
  readonly skippedModules: readonly string[];
}

import { type StoredWeight, type WeightFormat, weightFormats } from "@petl/weight-formats";

/** What a file says of one tensor. */
export interface TensorInfo {
  /**
   * Element type: as safetensors spells it ("F32", "F16", "BF16", "I64", ...), as GGUF does ("Q4_K", ...), or "NF4" and "NF4+DQ" of
   * bitsandbytes.
   */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Size of its data in bytes, scales included. */
  readonly bytes: number;
}

/** Tensors of a checkpoint by name, read from disk one at a time. */
export interface TensorSource {
  /** The file or directory it was opened from. */
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Every tensor's name, in the order of the header. A weight with its scales is one tensor. */
  names(): string[];
  /** @throws CheckpointError E_TENSOR_MISSING */
  info(name: string): TensorInfo;
  /**
   * Reads one float tensor as f32, row-major; F16 and BF16 are widened exactly, codes multiplied by their scales in f32.
   *
   * @throws CheckpointError E_TENSOR_MISSING, E_DTYPE_UNKNOWN for other dtypes, E_FILE_TRUNCATED
   */
  read(name: string): Float32Array;
  /**
   * Reads one float tensor as the file stores it, Q5_0 as `q8_0` of the same values; null where that is F32. `storedFormat` of its `info`
   * tells which without reading.
   *
   * @throws CheckpointError as `read`
   */
  readStored(name: string): StoredWeight | null;
  /** Reads one I32 or I64 tensor as what it is; errors as for `read`. */
  readIntegers(name: string): Int32Array | BigInt64Array;
  /** Closes the files; reading afterwards opens them again. */
  close(): void;
}

/** A source whose tensors are also to be had as bytes. */
export interface RawTensorSource extends TensorSource {
  /** The data of any tensor. @throws CheckpointError E_TENSOR_MISSING, E_FILE_TRUNCATED */
  readBytes(name: string): Uint8Array;
}

/** The format that `readStored` gives a tensor in; null for F32 and for what it does not read. */
export function storedFormat({ dtype }: Pick<TensorInfo, "dtype">): WeightFormat | null {
  if (dtype === "Q5_0") return "q8_0";
  return weightFormats.find((format) => format.toUpperCase() === dtype) ?? null;
}

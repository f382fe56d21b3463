import { setImmediate } from "node:timers/promises";
import { type LazyStoredTensor, storedFormat, type TensorInfo, type TensorSource } from "@petl/checkpoint";
import { type StoredWeight, storeWeight, type WeightFormat } from "@petl/weight-formats";
import { doesNotFit } from "./does-not-fit.js";

/** How a long conversion is followed and ended. */
export interface ConversionOptions {
  /** Called before each tensor with the bytes of those before it, as they were and in all. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
  /** Ends the work; no file is left then. */
  readonly signal?: AbortSignal | undefined;
}

/** A tensor of a source, and the format that it gets. */
export interface ConvertedTensor<Format extends WeightFormat | "f32"> {
  readonly name: string;
  readonly format: Format;
  readonly info: TensorInfo;
}

/** The tensors as a writer takes them, in their order, read and stored when their turn comes. */
export function convertedLazily<Format extends WeightFormat | "f32">(
  source: TensorSource,
  tensors: readonly ConvertedTensor<Format>[],
  { onProgress, signal }: ConversionOptions,
): readonly LazyStoredTensor<Format>[] {
  const totalBytes = bytesOf(tensors.map(({ info }) => info));
  let doneBytes = 0;
  return tensors.map(({ name, format, info }) => ({
    ...{ shape: info.shape, format },
    async read() {
      await setImmediate(); // lets signals and timers in
      signal?.throwIfAborted();
      onProgress?.(doneBytes, totalBytes);
      doneBytes += info.bytes;
      return format === "f32" ? source.read(name) : stored(source, name, info, format);
    },
  }));
}

/** A tensor in a format; codes that already are in it stay as they are. @throws CheckpointError E_VALUE_INVALID */
function stored(source: TensorSource, name: string, info: TensorInfo, format: WeightFormat): StoredWeight {
  if (isFewBits(info) && storedFormat(info) === format) return source.readStored(name)!;
  const values = source.read(name);
  try {
    return storeWeight(values, info.shape, format);
  } catch (cause) {
    throw doesNotFit(source.path, name, format, cause);
  }
}

export const isFloat = (info: TensorInfo): boolean => info.dtype === "F32" || storedFormat(info) !== null;

const isFewBits = (info: TensorInfo): boolean => !["F32", "BF16", "F16"].includes(info.dtype);

/** The formats below 16 bits in which tensors were and are no more: each with how many. */
export function roundedBefore(
  tensors: readonly ConvertedTensor<WeightFormat | "f32">[],
): ReadonlyMap<WeightFormat, number> {
  return counted(
    tensors.flatMap(({ info, format }) => {
      const before = isFewBits(info) ? storedFormat(info) : null;
      return before === null || before === format || format === "f32" ? [] : [before];
    }),
  );
}

/** Each word with how often it is there. */
function counted<Word>(words: readonly Word[]): ReadonlyMap<Word, number> {
  const counts = new Map<Word, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

export const bytesOf = (tensors: readonly TensorInfo[]): number =>
  tensors.reduce((total, { bytes }) => total + bytes, 0);

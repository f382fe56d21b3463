import { statSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import {
  type LazyStoredTensor,
  storedFormat,
  type TensorInfo,
  type TensorSource,
  writeStoredSafetensors,
} from "@petl/checkpoint";
import { type StoredWeight, storeWeight } from "@petl/weight-formats";
import type { Family } from "../contract/family.js";
import { BackboneError } from "./backbone-error.js";
import { doesNotFit } from "./does-not-fit.js";
import { unquantisedModules } from "./unquantised-modules.js";
import { formatFor } from "./weight-storage.js";
import { matchWeights, openWeights } from "./weights.js";

/** What a checkpoint's weights can be brought to. */
export const quantisedDtypes = ["nf4", "nf4+dq", "bf16", "f16"] as const;
export type QuantisedDtype = (typeof quantisedDtypes)[number];

export interface QuantiseOptions {
  readonly dtype: QuantisedDtype;
  /** Called before each tensor with the bytes of those before it, as they were and in all. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
  /** Ends the work; no file is left then. */
  readonly signal?: AbortSignal | undefined;
}

/** What was written. */
export interface QuantisedWeights {
  /** Data of the source's tensors. */
  readonly bytesBefore: number;
  /** The file. */
  readonly bytesAfter: number;
  /** Formats below 16 bits in which tensors were before and are no more: each with how many. */
  readonly roundedBefore: ReadonlyMap<string, number>;
  /** Modules that transformers must leave as they are. */
  readonly skippedModules: readonly string[];
}

/**
 * Writes a checkpoint's weights in fewer bits to a safetensors file, one tensor at a time; whole or not at all.
 *
 * For `nf4` and `nf4+dq` the weights of layers (`Family.storable`) have that format and all other tensors are `bf16`; for `bf16` and
 * `f16` all are. What no backbone of ours computes with, such as another task's head, is kept; integers and repetitions are left out.
 *
 * @param directory of the checkpoint: safetensors, those of bitsandbytes or GGUF
 * @param path of the new file
 * @throws BackboneError E_BACKBONE_STORAGE where the family does not say which weights are those of layers; CheckpointError, also
 *   E_VALUE_INVALID for a value that is not finite or beyond the type
 */
export async function quantiseWeights<Config>(
  directory: string,
  path: string,
  family: Family<Config>,
  config: Config,
  options: QuantiseOptions,
): Promise<QuantisedWeights> {
  const source = openWeights(directory, family, config);
  try {
    const { names, aliases } = matchWeights(source, family, config);
    const layers = new Set(layersOf(family, config, options.dtype).map((ours) => names.get(ours)!));
    const used = new Set(names.values());
    const kept = source
      .names()
      .filter((name) => used.has(name) || (!aliases.includes(name) && isFloat(source.info(name))))
      .map((name) => ({ name, format: formatFor(options.dtype, layers.has(name)), info: source.info(name) }));
    await writeStoredSafetensors(path, lazily(source, kept, options));
    return {
      bytesBefore: sum(source.names().map((name) => source.info(name).bytes)),
      bytesAfter: statSync(path).size,
      roundedBefore: counted(kept.flatMap(({ info, format }) => fewBits(info, format))),
      skippedModules: unquantisedModules(
        kept.filter(({ info }) => info.shape.length === 2).map(({ name }) => name),
        { layers, used, aliases },
      ),
    };
  } finally {
    source.close();
  }
}

interface KeptTensor {
  readonly name: string;
  readonly format: QuantisedDtype;
  readonly info: TensorInfo;
}

function layersOf<Config>(family: Family<Config>, config: Config, dtype: QuantisedDtype): readonly string[] {
  if (dtype === "bf16" || dtype === "f16") return [];
  if (family.storable !== undefined) return family.storable(config).layers;
  throw new BackboneError(
    "E_BACKBONE_STORAGE",
    `family ${family.name}: expected bf16 or f16, as it does not say which of its weights are those of linear layers, got ${dtype}`,
  );
}

/** The tensors as the writer takes them, read and stored when their turn comes. */
function lazily(
  source: TensorSource,
  tensors: readonly KeptTensor[],
  { onProgress, signal }: QuantiseOptions,
): Record<string, LazyStoredTensor> {
  const totalBytes = sum(tensors.map(({ info }) => info.bytes));
  let doneBytes = 0;
  const lazy = ({ name, format, info }: KeptTensor): LazyStoredTensor => ({
    ...{ shape: info.shape, format },
    async read() {
      await setImmediate(); // lets signals and timers in
      signal?.throwIfAborted();
      onProgress?.(doneBytes, totalBytes);
      doneBytes += info.bytes;
      return stored(source, name, info, format);
    },
  });
  return Object.fromEntries(tensors.map((tensor) => [tensor.name, lazy(tensor)]));
}

/** A tensor in a format; codes that already are in it stay as they are. @throws CheckpointError E_VALUE_INVALID */
function stored(source: TensorSource, name: string, info: TensorInfo, format: QuantisedDtype): StoredWeight {
  if (isFewBits(info) && storedFormat(info) === format) return source.readStored(name)!;
  const values = source.read(name);
  try {
    return storeWeight(values, info.shape, format);
  } catch (cause) {
    throw doesNotFit(source.path, name, format, cause);
  }
}

const isFloat = (info: TensorInfo): boolean => info.dtype === "F32" || storedFormat(info) !== null;

const isFewBits = (info: TensorInfo): boolean => !["F32", "BF16", "F16"].includes(info.dtype);

/** The format below 16 bits in which a tensor was, if it is stored in another. */
function fewBits(info: TensorInfo, format: QuantisedDtype): string[] {
  const before = isFewBits(info) ? storedFormat(info) : null;
  return before === null || before === format ? [] : [before];
}

function counted(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

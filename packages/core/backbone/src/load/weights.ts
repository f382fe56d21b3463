import { type GgufNaming, matchTensors, openCheckpoint, type TensorSource } from "@petl/checkpoint";
import type { Params } from "@petl/spec";
import { type Tensor, withByteCategory } from "@petl/tensor";
import type { Family } from "../contract/family.js";
import { doesNotFit } from "./does-not-fit.js";
import { float32Storage, type WeightStorage, weightKeeper } from "./weight-storage.js";

/** Of a family that names no GGUF files: every one is refused. */
const notFromGguf: GgufNaming = { architectures: [], tensor: () => null };

/**
 * Reads a backbone's weights from a checkpoint directory, safetensors or GGUF file, one tensor at a time, and keeps them as `storage` says.
 *
 * Left out: tensors that the family does not compute with, and repetitions of others that equal them.
 * @throws CheckpointError naming each missing, extra or mis-shaped tensor
 */
export function loadWeights<Config>(
  path: string,
  family: Family<Config>,
  config: Config,
  storage: WeightStorage = float32Storage,
): Params {
  const source = openWeights(path, family, config);
  try {
    return readAll(source, family, config, storage);
  } finally {
    source.close();
  }
}

/** Opens a checkpoint's weights with the names that the family's safetensors files have. @throws CheckpointError */
export function openWeights<Config>(path: string, family: Family<Config>, config: Config): TensorSource {
  return openCheckpoint(path, { gguf: family.gguf?.(config) ?? notFromGguf });
}

/** What a source calls tensors: ours, and those that repeat another of its tensors. */
export interface MatchedTensors {
  /** By our name, the source's. */
  readonly names: ReadonlyMap<string, string>;
  /** Under which names files of the family may repeat a tensor, whether or not this one does. */
  readonly aliases: readonly string[];
}

/** Finds the tensors of a geometry in a source. @throws CheckpointError naming each missing, extra or mis-shaped tensor */
export function matchWeights<Config>(source: TensorSource, family: Family<Config>, config: Config): MatchedTensors {
  const { names, ignore, tied } = family.stored(config, new Set(source.names()));
  const shapes = family.shapes(config);
  const expected = [...names].map(([ours, name]) => ({ name, shape: shapes.get(ours)! }));
  const stored = matchTensors(expected, source, { ignore, tied });
  return {
    names: new Map([...names].map(([ours, name]) => [ours, stored.get(name)!])),
    aliases: tied.map(([alias]) => alias),
  };
}

function readAll<Config>(source: TensorSource, family: Family<Config>, config: Config, storage: WeightStorage): Params {
  const { names } = matchWeights(source, family, config);
  const shapes = family.shapes(config);
  const keep = weightKeeper(family, config, storage);
  return withByteCategory("backbone", () => {
    const params: Record<string, Tensor> = {};
    for (const [ours, found] of names) {
      const asStored = storage.dtype === "file" ? source.readStored(found) : null;
      try {
        params[ours] =
          asStored === null ? keep.values(ours, source.read(found), shapes.get(ours)!) : keep.stored(ours, asStored);
      } catch (cause) {
        throw doesNotFit(source.path, found, storage.dtype, cause);
      }
    }
    return params;
  });
}

import { type GgufNaming, matchTensors, openCheckpoint, type TensorSource } from "@petl/checkpoint";
import type { Params } from "@petl/spec";
import { type Tensor, withByteCategory } from "@petl/tensor";
import type { Family } from "../contract/family.js";
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
  const source = openCheckpoint(path, { gguf: family.gguf?.(config) ?? notFromGguf });
  try {
    return readAll(source, family, config, storage);
  } finally {
    source.close();
  }
}

function readAll<Config>(source: TensorSource, family: Family<Config>, config: Config, storage: WeightStorage): Params {
  const { names, ignore, tied } = family.stored(config, new Set(source.names()));
  const shapes = family.shapes(config);
  const expected = [...names].map(([ours, name]) => ({ name, shape: shapes.get(ours)! }));
  const stored = matchTensors(expected, source, { ignore, tied });
  const keep = weightKeeper(family, config, storage);
  return withByteCategory("backbone", () => {
    const params: Record<string, Tensor> = {};
    for (const [ours, name] of names) {
      const found = stored.get(name)!;
      const asStored = storage.dtype === "file" ? source.readStored(found) : null;
      params[ours] =
        asStored === null ? keep.values(ours, source.read(found), shapes.get(ours)!) : keep.stored(ours, asStored);
    }
    return params;
  });
}

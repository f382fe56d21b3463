import { matchTensors, openCheckpoint, type TensorSource } from "@petl/checkpoint";
import type { Params } from "@petl/spec";
import { tf, type Variable, withByteCategory } from "@petl/tensor";
import type { T5Config } from "./config.js";
import { huggingFaceNames, tiedNames, unusedTensors } from "./hugging-face-names.js";
import { asParameter } from "./initialise.js";
import { sharedEmbedding, t5Shapes } from "./sites.js";

/**
 * Reads a T5's weights from a checkpoint directory or safetensors file, as f32, one tensor at a time.
 *
 * Left out: tensors of the original files that no T5 computes with, and repetitions of the embedding table that equal it.
 * @throws CheckpointError naming each missing, extra or mis-shaped tensor
 */
export function loadWeights(path: string, config: T5Config): Params {
  const source = openCheckpoint(path);
  try {
    return readAll(source, config);
  } finally {
    source.close();
  }
}

function readAll(source: TensorSource, config: T5Config): Params {
  const names = huggingFaceNames(config);
  const shapes = t5Shapes(config);
  const stored = matchTensors(
    [...names].map(([ours, name]) => ({ name, shape: shapes.get(ours)! })),
    source,
    { ignore: unusedTensors, tied: tiedNames(config).map((alias) => [alias, sharedEmbedding] as const) },
  );
  return withByteCategory("backbone", () => {
    const params: Record<string, Variable> = {};
    for (const [ours, name] of names) {
      params[ours] = asParameter(tf.tensor(source.read(stored.get(name)!), [...shapes.get(ours)!])) as Variable;
    }
    return params;
  });
}

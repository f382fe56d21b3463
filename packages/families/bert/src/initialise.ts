import { asParameter, type KeepWeight } from "@petl/backbone";
import type { Params } from "@petl/spec";
import { type Random, type Tensor, tf, withByteCategory } from "@petl/tensor";
import type { BertConfig } from "./config.js";

/** Fresh tensors as transformers draws them: weights N(0, initializer_range^2), biases 0, gains of norms 1; `given` are set, not drawn. */
export function draw(
  shapes: Iterable<readonly [name: string, shape: readonly number[]]>,
  { initializerRange }: Pick<BertConfig, "initializerRange">,
  random: Random,
  given: ReadonlyMap<string, readonly number[]> = new Map(),
  keep: KeepWeight = (_, value) => asParameter(value),
): Params {
  return withByteCategory("backbone", () => {
    const params: Record<string, Tensor> = {};
    for (const [name, shape] of shapes) {
      const values = given.get(name);
      const drawn = values ? tf.tensor1d([...values]) : fresh(name, [...shape], initializerRange, random);
      params[name] = keep(name, drawn);
    }
    return params;
  });
}

function fresh(name: string, shape: number[], deviation: number, random: Random): Tensor {
  if (name.endsWith(".bias")) return tf.zeros(shape);
  if (name.endsWith("norm.weight")) return tf.ones(shape);
  return random.fork(name).normal(shape, 0, deviation);
}

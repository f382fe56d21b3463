import {
  constantValue,
  float32Parameter,
  givenValue,
  type InitialValue,
  type KeepWeight,
  normalValue,
} from "@petl/backbone";
import type { Params } from "@petl/spec";
import { type Random, type Tensor, withByteCategory } from "@petl/tensor";
import type { BertConfig } from "./config.js";

/** Fresh tensors as transformers draws them: weights N(0, initializer_range^2), biases 0, gains of norms 1; `given` are set, not drawn. */
export function draw(
  shapes: Iterable<readonly [name: string, shape: readonly number[]]>,
  { initializerRange }: Pick<BertConfig, "initializerRange">,
  random: Random,
  given: ReadonlyMap<string, readonly number[]> = new Map(),
  keep: KeepWeight = float32Parameter,
): Params {
  return withByteCategory("backbone", () => {
    const params: Record<string, Tensor> = {};
    for (const [name, shape] of shapes) {
      const values = given.get(name);
      const first = values ? givenValue(values) : fresh(name, shape, initializerRange, random);
      params[name] = keep(name, first);
    }
    return params;
  });
}

function fresh(name: string, shape: readonly number[], deviation: number, random: Random): InitialValue {
  if (name.endsWith(".bias")) return constantValue(shape, 0);
  if (name.endsWith("norm.weight")) return constantValue(shape, 1);
  return normalValue(random.fork(name), shape, deviation);
}

import { constantValue, float32Parameter, type InitialValue, type KeepWeight, normalValue } from "@petl/backbone";
import type { Params } from "@petl/spec";
import { type Random, type Tensor, withByteCategory } from "@petl/tensor";
import type { LlamaConfig } from "./config.js";
import { llamaShapes, lmHead, tokenTable } from "./sites.js";

/**
 * Random weights as transformers 5.24 draws them: norms 1, biases 0, all others N(0, `initialDeviation`^2).
 *
 * The tables of a backbone that stays frozen are N(0, 1): no state can bring forth a large logit from a small table.
 */
export function initialise(
  config: LlamaConfig,
  random: Random,
  use: "trained" | "frozen" = "trained",
  keep: KeepWeight = float32Parameter,
): Params {
  const tables = [tokenTable, `${lmHead}.weight`];
  return withByteCategory("backbone", () => {
    const params: Record<string, Tensor> = {};
    for (const [name, shape] of llamaShapes(config)) {
      const deviation = use === "frozen" && tables.includes(name) ? 1 : config.initialDeviation;
      params[name] = keep(name, initialValue(name, shape, deviation, random));
    }
    return params;
  });
}

function initialValue(name: string, shape: readonly number[], deviation: number, random: Random): InitialValue {
  if (name.endsWith("orm.weight")) return constantValue(shape, 1); // norm, queryNorm, keyNorm
  if (name.endsWith(".bias")) return constantValue(shape, 0);
  return normalValue(random.fork(name), shape, deviation);
}

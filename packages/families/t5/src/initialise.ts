import { constantValue, float32Parameter, type KeepWeight, normalValue } from "@petl/backbone";
import type { Params } from "@petl/spec";
import { type Random, type Tensor, withByteCategory } from "@petl/tensor";
import type { T5Config } from "./config.js";
import { t5Shapes } from "./sites.js";

/**
 * Random weights that train from scratch.
 *
 * As in T5 (norms 1; query N(0, 1/(width * head width)); key and value N(0, 1/width); the rest by fan-in), except that
 * embeddings start at N(0, 0.05^2) and not at N(0, 1), which Adam's steps are too small to move. A backbone that stays frozen
 * wants N(0, 1): no state can bring forth a large logit from a small table.
 */
export function initialise(
  config: T5Config,
  random: Random,
  embeddingDeviation = 0.05,
  keep: KeepWeight = float32Parameter,
): Params {
  return withByteCategory("backbone", () => {
    const params: Record<string, Tensor> = {};
    for (const [name, shape] of t5Shapes(config)) {
      const value = name.endsWith("norm.weight")
        ? constantValue(shape, 1)
        : normalValue(random.fork(name), shape, deviation(name, shape, config, embeddingDeviation));
      params[name] = keep(name, value);
    }
    return params;
  });
}

function deviation(
  name: string,
  shape: readonly number[],
  { modelWidth, headWidth }: T5Config,
  embeddingDeviation: number,
): number {
  if (name === "shared.weight" || name === "lmHead.weight") return embeddingDeviation;
  if (name.endsWith(".query.weight")) return (modelWidth * headWidth) ** -0.5;
  if (name.endsWith("relativeBias.weight")) return modelWidth ** -0.5;
  return shape[1]! ** -0.5; // linear weights are (output, input)
}

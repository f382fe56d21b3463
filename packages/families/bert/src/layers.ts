import type { Pass } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { layerNorm } from "@petl/tensor";
import type { WeightsView } from "./weights-view.js";

/** The site of a layer norm: (batch, tokens, channels) -> the same shape. */
export function normSite(model: WeightsView, name: string, input: Activation, pass: Pass): Activation {
  const [weight, bias] = [model.param(`${name}.weight`), model.param(`${name}.bias`)];
  return pass.at(name, input, () => ({
    hidden: layerNorm(input.hidden, weight, bias, model.config.normEpsilon),
    mask: input.mask,
  }));
}

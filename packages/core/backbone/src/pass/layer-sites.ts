import type { Activation } from "@petl/spec";
import { linear, rmsNorm, type Tensor } from "@petl/tensor";
import type { Pass } from "./pass.js";

/** What the site of a layer needs of the model it belongs to. */
interface Weights {
  readonly config: { readonly normEpsilon: number };
  /** @throws Error if the model has no tensor of this name */
  param(name: string): Tensor;
}

/** The site of a linear layer, with a bias if it has one: (batch, tokens, input) -> (batch, tokens, output). */
export function linearSite(
  model: Pick<Weights, "param">,
  site: string,
  input: Activation,
  hasBias: boolean,
  pass: Pass,
): Activation {
  return pass.at(site, input, ({ hidden, mask }) => ({
    hidden: linear(hidden, model.param(`${site}.weight`), hasBias ? model.param(`${site}.bias`) : null),
    mask,
  }));
}

/** The site of a root-mean-square norm: (batch, tokens, channels) -> the same shape. */
export function rmsNormSite(model: Weights, site: string, input: Activation, pass: Pass): Activation {
  return pass.at(site, input, () => ({
    hidden: rmsNorm(input.hidden, model.param(`${site}.weight`), model.config.normEpsilon),
    mask: input.mask,
  }));
}

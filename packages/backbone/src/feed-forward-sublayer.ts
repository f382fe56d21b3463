import type { Activation } from "@petl/spec";
import { gelu, linear, relu, rmsNorm, tf } from "@petl/tensor";
import { addResidual } from "./attention-sublayer.js";
import type { Pass } from "./pass.js";
import type { WeightsView } from "./weights-view.js";

/**
 * `x + dropout(W_o f(norm(x)))` with `f = relu(W_i x)` (v1.0) or `gelu(W_g x) * (W_i x)` (v1.1, Shazeer 2020,
 * https://arxiv.org/abs/2002.05202): (batch, tokens, channels) -> the same shape.
 */
export function feedForwardSublayer(model: WeightsView, name: string, input: Activation, pass: Pass): Activation {
  const { mask } = input;
  const project = (site: string, source: Activation): Activation =>
    pass.at(site, source, () => ({ hidden: linear(source.hidden, model.param(`${site}.weight`)), mask }));

  const transformed = pass.at(name, input, () => {
    const normed = pass.at(`${name}.norm`, input, () => ({
      hidden: rmsNorm(input.hidden, model.param(`${name}.norm.weight`), model.config.normEpsilon),
      mask,
    }));
    const gate = model.config.activation === "gated-gelu" ? project(`${name}.gate`, normed) : null;
    const intermediate = project(`${name}.input`, normed);
    const active = pass.at(`${name}.activation`, intermediate, () => ({
      hidden: gate === null ? relu(intermediate.hidden) : tf.mul(gelu(gate.hidden), intermediate.hidden),
      mask,
    }));
    return project(`${name}.output`, { hidden: pass.dropout(active.hidden, `${name}.activation`), mask });
  });
  return addResidual(input, transformed, name, pass);
}

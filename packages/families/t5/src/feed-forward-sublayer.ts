import { addResidual, linearSite, type Pass, rmsNormSite } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { gatedGelu, relu, reluDropout, type Tensor } from "@petl/tensor";
import type { WeightsView } from "./weights-view.js";

/**
 * `x + dropout(W_o f(norm(x)))` with `f = relu(W_i x)` (v1.0) or `gelu(W_g x) * (W_i x)` (v1.1, Shazeer 2020,
 * https://arxiv.org/abs/2002.05202): (batch, tokens, channels) -> the same shape.
 */
export function feedForwardSublayer(model: WeightsView, name: string, input: Activation, pass: Pass): Activation {
  const transformed = pass.at(name, input, () => {
    const project = (part: string, source: Activation): Activation =>
      linearSite(model, `${name}.${part}`, source, false, pass);
    const normed = rmsNormSite(model, `${name}.norm`, input, pass);
    const gate = model.config.activation === "gated-gelu" ? project("gate", normed) : null;
    const intermediate = project("input", normed);
    const hidden = activate(`${name}.activation`, intermediate, gate, pass);
    return project("output", { hidden, mask: input.mask });
  });
  return addResidual(input, transformed, name, pass);
}

/** Activation and dropout. If the site between them is not watched, ReLU and dropout are one operation, which keeps less. */
function activate(site: string, { hidden, mask }: Activation, gate: Activation | null, pass: Pass): Tensor {
  if (gate === null && !pass.isWatched(site)) {
    const { rate, random } = pass.dropping(site);
    return pass.owned(site, () => reluDropout(hidden, rate, random));
  }
  const active = pass.at(site, { hidden, mask }, () => ({
    hidden: gate === null ? relu(hidden) : gatedGelu(gate.hidden, hidden),
    mask,
  }));
  return pass.dropout(active.hidden, site);
}

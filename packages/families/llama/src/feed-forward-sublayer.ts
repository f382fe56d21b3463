import { addSublayer, linearSite, type Pass, rmsNormSite } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { swiGlu } from "@petl/tensor";
import { type ModelView, releaseSpent } from "./sublayer.js";

/**
 * `x + W_o (silu(W_g n) * (W_i n))` with `n = norm(x)`: (batch, tokens, channels) -> the same shape.
 * Shazeer 2020, https://arxiv.org/abs/2002.05202
 */
export function feedForwardSublayer(model: ModelView, name: string, input: Activation, pass: Pass): Activation {
  const hasBias = model.config.feedForwardBias;
  const transformed = pass.at(name, input, () => {
    const normed = rmsNormSite(model, `${name}.norm`, input, pass);
    const gate = linearSite(model, `${name}.gate`, normed, hasBias, pass);
    const intermediate = linearSite(model, `${name}.input`, normed, hasBias, pass);
    releaseSpent([normed], [input, gate, intermediate]);
    const active = pass.at(`${name}.activation`, intermediate, () => ({
      hidden: swiGlu(gate.hidden, intermediate.hidden),
      mask: input.mask,
    }));
    releaseSpent([gate, intermediate], [active, input]);
    return linearSite(model, `${name}.output`, active, hasBias, pass);
  });
  return addSublayer(input, transformed);
}

import { defineMethod, type Hook } from "@petl/spec";
import { recomputed } from "@petl/tensor";
import { aggregate } from "./aggregate.js";
import { parseSherlConfig, type SherlConfig } from "./config.js";
import { type Geometry, geometryOf } from "./geometry.js";
import { sherlParams } from "./params.js";

export type { SherlConfig } from "./config.js";

/**
 * SHERL: puts the states of a frozen backbone's layers together, token by token, and lets its last block work on the result.
 *
 * Early, each state phi_i (batch, tokens, channels) becomes `a_i = (W_2 u + u) * sigmoid(W_3 u)`, `u = relu(W_1 phi_i)`, (batch, tokens,
 * channels / reduction). Those that agree with the last and repeat little of the others count most: `g = sum_i w_i a_i + a_N`,
 * `w = l1norm_i(relu(v . (a_i * a_N)) / sum_j relu(cos(a_i, a_j)))`. Late, `W_o relu(g) + tanh(gamma / 0.1) phi_N` enters the last block
 * (batch, tokens, channels), the only one that is differentiated.
 *
 * Diao, Wan, Jia, Zhuge, Zhang, Lu and Chen 2024, section 3, https://arxiv.org/abs/2407.07523; this package's README lists where we
 * differ.
 */
export default defineMethod<SherlConfig>({
  specVersion: "v1",
  name: "sherl",
  paper: {
    title: "SHERL: Synthesizing High Accuracy and Efficient Memory for Resource-Limited Transfer Learning",
    url: "https://arxiv.org/abs/2407.07523",
  },
  parse: parseSherlConfig,
  attach(backbone, config, random) {
    const geometry = geometryOf(backbone, config);
    return {
      params: sherlParams(geometry, config.zeroInit, random),
      unfrozen: [],
      reads: geometry.states.slice(0, -1),
      hooks: new Map([[geometry.replaced, putTogether(geometry, config)]]),
      optimizer: () => ({ learningRateScale: config.learningRateScale }),
    };
  },
});

/** Replaces the state that enters the last block; the backward pass keeps the states that it is made of, which are frozen. */
function putTogether({ states, replaced }: Geometry, { zeroInit }: SherlConfig): Hook {
  return ({ hidden, mask }, _, { params, recorded }) => {
    const earlier = states.slice(0, -1).map((site) => [site, recorded.get(site)!.hidden]);
    const inputs = { ...Object.fromEntries(earlier), [replaced]: hidden };
    const { entering } = recomputed(`aggregate ${replaced}`, inputs, (given) => ({
      entering: aggregate(states, given, params, zeroInit ? 1 : 0),
    }));
    return { hidden: entering!, mask };
  };
}

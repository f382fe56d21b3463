import { defineMethod, type SideNetwork } from "@petl/spec";
import { linear, relu, type Tensor, tf } from "@petl/tensor";
import { parseUniptConfig, type UniptConfig } from "./config.js";
import { type Geometry, geometryOf, statesOf } from "./geometry.js";
import { type Memory, parallel } from "./parallel.js";
import { prefix, uniptParams } from "./params.js";
import { viewOf } from "./view.js";

export type { UniptConfig } from "./config.js";

/**
 * UniPT: a network that reads all layers of a frozen backbone at once corrects its last state.
 *
 * Each state phi_i (batch, tokens, channels) becomes `x_i = norm(W_i phi_i)` (batch, tokens, channels / reduction). The last looks at each
 * other's tokens, `m_i = (l1norm(relu(x_N x_i^T)) + I) x_i`, and mixes the layers, `c = softmax_i(w . (mean x_N * mean x_i))`. Correction
 * of the state that enters the readout: `phi_N + rms(phi_N) (W_up relu(x_N + norm(W sum_i c_i m_i)) + b)`. In a decoder, products and
 * means are over the tokens up to a position's own. It feeds nothing back into the backbone.
 *
 * Diao, Wan, Zhang, Jia, Lu and Chen 2024, section 3, https://arxiv.org/abs/2308.14316; this package's README lists where we differ.
 */
export default defineMethod<UniptConfig>({
  specVersion: "v1",
  name: "unipt",
  paper: {
    title: "UniPT: Universal Parallel Tuning for Transfer Learning with Efficient Parameter and Memory",
    url: "https://arxiv.org/abs/2308.14316",
  },
  parse: parseUniptConfig,
  attach(backbone, config, random) {
    const geometry = geometryOf(backbone, config);
    return {
      params: uniptParams(geometry, config.zeroInit, random),
      unfrozen: [],
      hooks: new Map(),
      side: sideNetwork(geometry),
      optimizer: () => ({ learningRateScale: config.learningRateScale }),
    };
  },
});

function sideNetwork({ corrected, source, enters }: Geometry): SideNetwork {
  const states = statesOf(corrected);
  return {
    reads: [...(source === null ? [] : statesOf(source)), ...states],
    enters,
    forward(recorded, { params }, readOut) {
      let joined: Memory | null = null;
      if (source !== null) {
        const view = viewOf(recorded.get(source.entry)!, (whole) => whole, false);
        joined = { memory: parallel(source, recorded, view, null, params), sources: view.seen };
      }
      const view = viewOf(recorded.get(corrected.entry)!, readOut, corrected.stack === "decoder");
      const summary = parallel(corrected, recorded, view, joined, params); // (batch, positions, channels / reduction)
      const last = readOut(recorded.get(states.at(-1)!)!).hidden; // (batch, positions, channels)
      const correction = linear(relu(summary), params[`${prefix}up.weight`]!, params[`${prefix}up.bias`]!);
      return tf.add(last, tf.mul(correction, rms(last)));
    },
  };
}

/** Of each token's channels: (batch, positions, 1). */
const rms = (state: Tensor): Tensor => tf.sqrt(tf.mean(tf.square(state), -1, true));

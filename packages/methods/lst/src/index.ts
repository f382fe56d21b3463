import { defineMethod } from "@petl/spec";
import { type LstConfig, parseLstConfig } from "./config.js";
import { geometryOf } from "./geometry.js";
import { sideNetwork } from "./side-network.js";
import { sideParams } from "./side-params.js";

export type { LstConfig } from "./config.js";

/**
 * Ladder Side-Tuning: a narrow T5 beside a frozen one, fed by it layer by layer:
 * `s_i = layer_i(m_i D_i phi_i + (1 - m_i) s_{i-1})`, `m_i = sigmoid(alpha_i / 0.1)`, `s_0 = D_0 embedding`.
 *
 * `phi_i` is the backbone's block (batch, tokens, channels), `D_i` (channels / reduction, channels). The decoder's final side
 * state, upsampled to (batch, targets, channels), enters the backbone's LM head instead of the backbone's final state.
 *
 * Sung, Cho and Bansal 2022, section 3, https://arxiv.org/abs/2206.06522; this package's README lists the differences.
 */
export default defineMethod<LstConfig>({
  specVersion: "v1",
  name: "lst",
  paper: {
    title: "LST: Ladder Side-Tuning for Parameter and Memory Efficient Transfer Learning",
    url: "https://arxiv.org/abs/2206.06522",
  },
  parse: parseLstConfig,
  attach(backbone, config, random) {
    const geometry = geometryOf(backbone, config);
    return {
      params: sideParams(backbone, geometry, config, random),
      unfrozen: [],
      hooks: new Map(),
      side: sideNetwork(backbone, geometry, config),
      optimizer: () => ({ learningRateScale: config.learningRateScale }),
    };
  },
});

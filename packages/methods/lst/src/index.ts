import { type Attachment, type Backbone, defineMethod } from "@petl/spec";
import type { Random } from "@petl/tensor";
import { type LstConfig, parseLstConfig } from "./config.js";
import * as encoderDecoder from "./encoder-decoder/index.js";
import * as oneStack from "./one-stack/index.js";
import { inTorch } from "./torch-layout.js";

export type { LstConfig } from "./config.js";

/**
 * Ladder Side-Tuning: narrow copies of a frozen backbone's blocks beside it, fed by it layer by layer:
 * `s_i = block_i(m_i D_i phi_i + (1 - m_i) s_{i-1})`, `m_i = sigmoid(alpha_i / 0.1)`, `s_0 = D_0 embedding`.
 *
 * `phi_i` is the output of the backbone's block (batch, tokens, channels), `D_i` (channels / reduction, channels). The final side state
 * at the positions that are read out, closed by a narrow copy of the closing norm where the backbone has one, is upsampled to (batch,
 * positions, channels) and enters the backbone's LM head or the task's head instead of the backbone's final state.
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
    return {
      ...sideOf(backbone, config, random),
      unfrozen: [],
      hooks: new Map(),
      optimizer: () => ({ learningRateScale: config.learningRateScale }),
    };
  },
  layouts: { torch: inTorch },
});

const sideOf = (backbone: Backbone, config: LstConfig, random: Random): Pick<Attachment, "params" | "side"> =>
  backbone.kind === "encoder-decoder"
    ? encoderDecoder.attached(backbone, config, random)
    : oneStack.attached(backbone, config, random);

import { defineMethod, narrowStack } from "@petl/spec";
import { parseQstConfig, type QstConfig } from "./config.js";
import { qstParams } from "./params.js";
import { sideNetwork } from "./side-network.js";

export type { QstConfig } from "./config.js";

/**
 * QST: thin blocks of the backbone's own kind beside it, fed by it layer by layer:
 * `h_i = block_i(sigmoid(z_i) h_{i-1} + (1 - sigmoid(z_i)) down_i(phi_i))`, `down(x) = norm(B swish(A x))`, `h_0 = down_1(embedding)`.
 *
 * `phi_i` is the output of the backbone's block (batch, tokens, channels), A is (rank, channels), B (channels / reduction, rank), z_i
 * (channels / reduction). What enters the LM head or the task's head is `sigmoid(z) norm(phi_N) + (1 - sigmoid(z)) up(norm(h_N))` (batch,
 * positions, channels), the norms being the closing norms where the backbone has one. It feeds nothing back into the backbone, which
 * may be stored in few bits.
 *
 * Zhang, Zhao, Miao, Oliaro, Zhang, Li, Jiang and Jia 2024, section 3, https://arxiv.org/abs/2401.07004; this package's README lists
 * where we differ.
 */
export default defineMethod<QstConfig>({
  specVersion: "v1",
  name: "qst",
  paper: {
    title: "Quantized Side Tuning: Fast and Memory-Efficient Tuning of Quantized Large Language Models",
    url: "https://arxiv.org/abs/2401.07004",
  },
  parse: parseQstConfig,
  attach(backbone, config, random) {
    const stack = narrowStack(backbone, "qst", config.reduction);
    return {
      params: qstParams(stack, config, random),
      unfrozen: [],
      hooks: new Map(),
      side: sideNetwork(backbone, stack),
      optimizer: () => ({ learningRateScale: config.learningRateScale }),
    };
  },
});

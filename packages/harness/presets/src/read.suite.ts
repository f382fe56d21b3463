import type { SuiteInput } from "@petl/bench";
import ladderSideTuning from "./lst.suite.js";

/**
 * T5-base on GLUE with the sizes READ compares with (Wang et al. 2023, https://arxiv.org/abs/2305.15348), in the setting of
 * Ladder Side-Tuning, which it follows, and Google's text format.
 */
export default {
  ...ladderSideTuning,
  name: "read",
  description: "T5-base on eight GLUE tasks with the method sizes of READ's comparison, three seeds; needs a GPU",
  methods: [
    { method: "full" },
    { method: "read" },
    { method: "lst", config: { skipEvery: 0, dropout: 0.1 } },
    { method: "adapters", config: { placement: "one-a-layer", bottleneck: 64, activation: "relu", norms: false } },
    { method: "lora", config: { rank: 16, sublayers: ["attention"] } },
    { method: "bitfit" },
    { method: "prompt-tuning", config: { tokens: 20 } },
  ],
} satisfies SuiteInput;

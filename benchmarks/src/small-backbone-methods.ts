import type { SuiteInput } from "@petl/bench";

/**
 * Five methods at learning rates for a backbone of a few million parameters, over a base of 1e-3: its frozen LM head has smaller
 * weights than T5-base's, so what is trained beside it has further to go.
 */
export const smallBackboneMethods = (promptTokens: number): SuiteInput["methods"] => [
  { method: "full" },
  { method: "read" },
  { method: "lora", config: { learningRateScale: 10 } },
  { method: "bitfit", config: { learningRateScale: 10 } },
  { method: "prompt-tuning", config: { tokens: promptTokens, learningRateScale: 300 } },
];

import type { SuiteInput } from "@petl/bench";

/** Settings of methods whose own default is the suite's rate. */
export const faster = { learningRateScale: 10 };
/** The same for prompts. */
export const fasterPrompt = { learningRateScale: 300 };

/**
 * Five methods at learning rates for a backbone of a few million parameters, over a base of 1e-3: its frozen LM head has smaller
 * weights than T5-base's, so what is trained beside it has further to go. Prompts are as long as the texts; with the usual 100
 * tokens a row of SST-2 would be six times as long.
 */
export const smallBackboneMethods = [
  { method: "full" },
  { method: "read" },
  { method: "lora", config: faster },
  { method: "bitfit", config: faster },
  { method: "prompt-tuning", config: { tokens: 20, ...fasterPrompt } },
] satisfies SuiteInput["methods"];

import type { SuiteInput } from "@petl/bench";

/**
 * What pre-training is worth: the same runs on a pre-trained backbone and, with `--backbone mini-random`, on its geometry with
 * random weights. Learning rates are each method's own, fit for a small backbone and the same for both.
 */
export default {
  name: "transfer",
  description:
    "five methods on 2,000 rows, three seeds: with --backbone mini and mini-random, what pre-training is worth",
  methods: [
    { method: "full" },
    { method: "read" },
    { method: "lora", config: { learningRateScale: 10 } },
    { method: "bitfit", config: { learningRateScale: 10 } },
    { method: "prompt-tuning", config: { learningRateScale: 300 } },
  ],
  tasks: ["sst2"],
  seeds: [0, 1, 2],
  backbone: "mini",
  settings: { epochs: 8, batchSize: 16, learningRate: 1e-3, maxLength: 128 },
  limit: 2000,
  reference: "full",
} satisfies SuiteInput;

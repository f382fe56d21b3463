import type { SuiteInput } from "@petl/bench";

/** A first look in a few minutes on two processor cores: a tiny random T5, five methods, four tasks. No figure to quote. */
export default {
  name: "quick",
  description: "a first look: five methods on a tiny random T5 and four tasks, minutes on a laptop; no figure to quote",
  methods: [
    { method: "full" },
    { method: "read" },
    { method: "lora" },
    { method: "bitfit" },
    { method: "prompt-tuning" },
  ],
  tasks: ["cola", "sst2", "mrpc", "rte"],
  backbone: "t5-tiny-random",
  settings: { epochs: 2, batchSize: 32, learningRate: 1e-3 },
  limit: 512,
  evalLimit: 256,
  reference: "full",
} satisfies SuiteInput;

import type { SuiteInput } from "@petl/bench";

const smallTask = { epochs: 20 };

/**
 * T5-base on GLUE as in Ladder Side-Tuning (Sung et al. 2022, https://arxiv.org/abs/2206.06522), for the methods that exist
 * here. Rates are the published ones, so nothing is searched; the epoch is chosen on held-out training rows, where the authors
 * halved the dev sets.
 */
export default {
  name: "lst",
  description: "T5-base on eight GLUE tasks with Ladder Side-Tuning's published settings, three seeds; needs a GPU",
  methods: [
    { method: "full" },
    { method: "read" },
    { method: "lst", config: { dropout: 0.1 } },
    { method: "adapters" },
    { method: "lora", config: { rank: 32, alpha: 32, dropout: 0.1, biases: "all" } },
    { method: "bitfit" },
    { method: "prompt-tuning", config: { tokens: 100 } },
  ],
  tasks: ["cola", "sst2", "mrpc", "qqp", "stsb", "mnli", "qnli", "rte"],
  seeds: [0, 1, 2],
  backbone: "t5-base",
  settings: {
    epochs: 10,
    batchSize: 100,
    evalBatchSize: 100,
    maxLength: 128,
    learningRate: 3e-4,
    weightDecay: 0,
    warmupSteps: 500,
    schedule: "linear",
    clipNorm: 1,
    dropout: 0.1,
  },
  taskSettings: { cola: smallTask, mrpc: smallTask, stsb: smallTask, rte: smallTask },
  textFormat: "lst",
  protocol: "tuned",
  trials: 0,
  reference: "full",
} satisfies SuiteInput;

import type { SuiteInput } from "@petl/bench";

/**
 * Few examples, every method until its score no longer rises: what a score costs in all, as a function of how much there is to
 * learn from. READ's authors name small data as its weakness; READ stands here with and without the activation cache.
 *
 * The best epoch is chosen on the set it is reported on, for all methods alike. The backbone must be pre-trained for the scores
 * to mean anything: name one with `--backbone`.
 */
export default {
  name: "low-data",
  description:
    "64 to 8,192 training rows, all methods until their score no longer rises; name a pre-trained --backbone",
  methods: [
    { method: "full" },
    { method: "read" },
    { method: "read", cacheActivations: "off" },
    { method: "lst" },
    { method: "lora" },
    { method: "adapters" },
    { method: "bitfit" },
    { method: "prompt-tuning" },
  ],
  tasks: ["cola", "sst2", "mrpc", "rte"],
  backbone: "t5-tiny-random",
  limit: [64, 256, 1024, 4096, 8192],
  evalLimit: 1000,
  settings: { epochs: 50, patience: 5, batchSize: 16, learningRate: 3e-4, schedule: "constant" },
  reference: "full",
} satisfies SuiteInput;

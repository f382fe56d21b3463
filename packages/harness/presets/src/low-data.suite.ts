import type { SuiteInput } from "@petl/bench";
import { embeddedBackbone, fittedFor } from "./embedded-backbone.js";
import { faster, smallBackboneMethods } from "./small-backbone-methods.js";

/**
 * Few examples, every method until its score no longer rises: what a score costs in all, as a function of how much there is to
 * learn from. READ's authors name small data as its weakness; READ stands here with and without the activation cache.
 *
 * A method has so many updates to get better, not so many epochs: an epoch of 64 rows is four of them.
 *
 * Learning rates are searched for each number of rows; the evaluation that counts is chosen on held-out rows.
 */
export default {
  name: "low-data",
  description: "64 to 8,192 training rows, all methods until their score no longer rises: what a score costs",
  methods: [
    ...smallBackboneMethods,
    { method: "read", cacheActivations: "off" },
    { method: "lst" },
    { method: "adapters", config: faster },
  ],
  tasks: ["cola", "sst2", "mrpc", "rte"],
  seeds: [0, 1, 2],
  backbone: embeddedBackbone,
  fittedFor,
  protocol: "tuned",
  limit: [64, 256, 1024, 4096, 8192],
  evalLimit: 1000,
  settings: {
    steps: 3000,
    evalEvery: 50,
    patience: 6,
    batchSize: 16,
    learningRate: 1e-3,
    schedule: "constant",
    warmupSteps: 50,
  },
  reference: "full",
} satisfies SuiteInput;

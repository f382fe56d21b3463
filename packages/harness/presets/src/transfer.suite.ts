import type { SuiteInput } from "@petl/bench";
import { embeddedBackbone, fittedFor } from "./embedded-backbone.js";
import { smallBackboneMethods } from "./small-backbone-methods.js";

/**
 * What pre-training is worth: the same runs on a pre-trained backbone and, with `--backbone mini-random`, on its geometry with
 * random weights, each with learning rates searched alike.
 */
export default {
  name: "transfer",
  description:
    "five methods on 2,000 rows, three seeds: with --backbone mini and mini-random, what pre-training is worth",
  methods: smallBackboneMethods,
  tasks: ["sst2"],
  seeds: [0, 1, 2],
  backbone: embeddedBackbone,
  fittedFor,
  protocol: "tuned",
  settings: { epochs: 8, batchSize: 16, learningRate: 1e-3, maxLength: 128 },
  limit: 2000,
  reference: "full",
} satisfies SuiteInput;

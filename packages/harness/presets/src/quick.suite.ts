import type { SuiteInput } from "@petl/bench";
import { embeddedBackbone, fittedFor } from "./embedded-backbone.js";
import { smallBackboneMethods } from "./small-backbone-methods.js";

/**
 * A first look in a few minutes on two processor cores: five methods on the small pre-trained backbone of this repository.
 * Its learning rates, those of the preset `transfer`, are fitted to that backbone.
 */
export default {
  name: "quick",
  description: "a first look in minutes on two cores: five methods on the embedded backbone, 1,000 rows of four tasks",
  methods: smallBackboneMethods,
  tasks: ["sst2", "stsb", "mrpc", "qnli"],
  backbone: embeddedBackbone,
  fittedFor,
  settings: { epochs: 5, batchSize: 16, learningRate: 1e-3 },
  limit: 1000,
  evalLimit: 256,
  reference: "full",
} satisfies SuiteInput;

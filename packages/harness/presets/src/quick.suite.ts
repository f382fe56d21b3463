import type { SuiteInput } from "@petl/bench";
import { embeddedBackbone, fittedFor } from "./embedded-backbone.js";
import { quickRates } from "./quick-rates.js";
import { smallBackboneMethods } from "./small-backbone-methods.js";

/**
 * A first look in a few minutes on two processor cores: five methods on the small pre-trained backbone of this repository, with one
 * seed. Nothing is searched; the learning rates are those that `bench tune` found for this very suite on GLUE.
 */
export default {
  name: "quick",
  description: "a first look in minutes on two cores: five methods on the embedded backbone, 800 rows of two tasks",
  methods: smallBackboneMethods,
  tasks: ["sst2", "stsb"],
  backbone: embeddedBackbone,
  fittedFor,
  protocol: "tuned",
  trials: 0,
  validation: 128,
  rates: quickRates,
  ratesFrom: "docs/results/mini.md",
  settings: { epochs: 4, batchSize: 16, learningRate: 1e-3 },
  limit: 800,
  evalLimit: 256,
  reference: "full",
} satisfies SuiteInput;

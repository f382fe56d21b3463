import type { SuiteInput } from "@petl/bench";
import { embeddedBackbone } from "./embedded-backbone.js";
import { faster } from "./small-backbone-methods.js";

/** What `petl-bench init` compares the project's own method with, on a hundred rows: a minute on two cores. */
export const starterSuite = {
  methods: [{ method: "full" }, { method: "lora", config: faster }],
  backbone: embeddedBackbone,
  protocol: "tuned",
  trials: 0,
  validation: 16,
  seeds: [0],
  settings: { epochs: 4, batchSize: 8, learningRate: 1e-3 },
  reference: "full",
} satisfies Omit<SuiteInput, "name" | "tasks">;

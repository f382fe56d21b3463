import type { SuiteInput } from "@petl/bench";
import { embeddedBackbone, fittedFor } from "./embedded-backbone.js";
import { faster, fasterPrompt } from "./small-backbone-methods.js";

type Arm = SuiteInput["methods"][number];

const sizes = (method: string, field: string, values: readonly unknown[], config: Arm["config"] = {}): Arm[] =>
  values.map((value) => ({ method, config: { [field]: value, ...config } }));

/**
 * Several sizes of every method, for a front of score against memory and time. A suite has one backbone: run it once for each
 * (`--backbone t5-small --limit 100000`, `t5-base`, ...) and give all directories to `bench report --grouped`.
 * `pnpm suite:page pareto` writes its page.
 */
export default {
  name: "pareto",
  description: "several sizes of every method, for a front of score against cost; once for each --backbone",
  methods: [
    { method: "full" },
    ...sizes("read", "hidden", [16, 64, 256]),
    ...sizes("lst", "reduction", [4, 8]),
    ...sizes("lora", "rank", [2, 8, 32], faster),
    ...sizes("dora", "rank", [2, 8, 32], faster),
    ...sizes("adapters", "bottleneck", [8, 32], faster),
    ...sizes("prefix-tuning", "tokens", [5, 20]),
    ...sizes("prompt-tuning", "tokens", [5, 20], fasterPrompt),
    { method: "bitfit", config: faster },
    { method: "ia3" },
    ...sizes("ln-tuning", "biases", [false, true]),
  ],
  tasks: ["sst2"],
  seeds: [0, 1, 2],
  backbone: embeddedBackbone,
  fittedFor,
  protocol: "tuned",
  settings: { epochs: 8, batchSize: 16, learningRate: 1e-3 },
  limit: 2000,
  evalLimit: 1000,
  reference: "full",
} satisfies SuiteInput;

import type { SuiteInput } from "@petl/bench";
import { embeddedBackbone } from "./embedded-backbone.js";

type Arm = SuiteInput["methods"][number];

const sizes = (method: string, field: string, values: readonly unknown[]): Arm[] =>
  values.map((value) => ({ method, config: { [field]: value } }));

/**
 * Several sizes of every method, for a front of score against memory and time. A suite has one backbone: run it once for each
 * (`--backbone t5-small --limit 100000`, `t5-base`, ...) and give all directories to `bench report --grouped`.
 * Sized for ten minutes on one processor core with the embedded backbone; `pnpm suite:page pareto` writes its page.
 */
export default {
  name: "pareto",
  description: "several sizes of every method, for a front of score against cost; once for each --backbone",
  methods: [
    { method: "full" },
    ...sizes("read", "hidden", [16, 64, 256]),
    ...sizes("lst", "reduction", [4, 8]),
    ...sizes("lora", "rank", [2, 8, 32]),
    ...sizes("dora", "rank", [2, 8, 32]),
    ...sizes("adapters", "bottleneck", [8, 32]),
    ...sizes("prefix-tuning", "tokens", [5, 20]),
    ...sizes("prompt-tuning", "tokens", [5, 20]),
    { method: "bitfit" },
    { method: "ia3" },
    ...sizes("ln-tuning", "biases", [false, true]),
  ],
  tasks: ["sst2"],
  backbone: embeddedBackbone,
  settings: { epochs: 3, batchSize: 32, learningRate: 3e-4 },
  limit: 1024,
  evalLimit: 400,
  reference: "full",
} satisfies SuiteInput;

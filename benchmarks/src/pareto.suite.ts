import type { SuiteInput } from "@petl/bench";

type Arm = SuiteInput["methods"][number];

const sizes = (method: string, field: string, values: readonly unknown[]): Arm[] =>
  values.map((value) => ({ method, config: { [field]: value } }));

/**
 * Several sizes of every method, for a front of score against memory and time. A suite has one backbone: run it once for each
 * (`--backbone t5-small`, `t5-base`, ...) and give all directories to `bench report`, which merges them.
 */
export default {
  name: "pareto",
  description: "several sizes of every method, for a front of score against cost; once for each --backbone",
  methods: [
    { method: "full" },
    ...sizes("read", "hidden", [16, 64, 256]),
    ...sizes("lst", "reduction", [4, 8, 16]),
    ...sizes("lora", "rank", [2, 8, 32]),
    ...sizes("dora", "rank", [2, 8, 32]),
    ...sizes("adapters", "bottleneck", [8, 32, 128]),
    ...sizes("prefix-tuning", "tokens", [5, 20, 80]),
    ...sizes("prompt-tuning", "tokens", [5, 20, 100]),
    { method: "bitfit" },
    { method: "ia3" },
    ...sizes("ln-tuning", "biases", [false, true]),
  ],
  tasks: ["cola", "sst2", "mrpc", "rte"],
  backbone: "t5-small",
  settings: { epochs: 3, batchSize: 32, learningRate: 3e-4 },
  reference: "full",
} satisfies SuiteInput;

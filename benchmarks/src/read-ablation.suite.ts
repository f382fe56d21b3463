import type { SuiteInput } from "@petl/bench";
import { embeddedBackbone } from "./embedded-backbone.js";

/** One change each, against READ as it is by default. */
const ablations: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { cell: "rnn" },
  { cell: "lstm" },
  { hidden: 8 },
  { hidden: 48 },
  { aggregate: "last" },
  { recurrent: false },
  { joiner: false },
  { layers: 2 },
];

/**
 * READ without each of its parts, on the embedded backbone: cell, state width, aggregate, recurrence, joiner, every second
 * layer. Without recurrence each layer has a network of its own, so its parameters grow with depth: the count stands beside.
 * Sized for ten minutes on one processor core; `pnpm suite:page read-ablation` writes its page.
 */
export default {
  name: "read-ablation",
  description: "READ without each of its parts, on the embedded backbone and two tasks; minutes on one core",
  methods: [{ method: "full" }, ...ablations.map((config) => ({ method: "read", config }))],
  tasks: ["sst2", "mrpc"],
  backbone: embeddedBackbone,
  settings: { epochs: 3, batchSize: 32, learningRate: 3e-4 },
  limit: 1024,
  evalLimit: 400,
  reference: "full",
} satisfies SuiteInput;

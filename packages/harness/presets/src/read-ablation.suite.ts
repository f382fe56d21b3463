import type { SuiteInput } from "@petl/bench";
import { embeddedBackbone, fittedFor } from "./embedded-backbone.js";

/** One change each, against READ as it is by default. */
const ablations: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { cell: "rnn" },
  { cell: "lstm" },
  { hidden: 16 },
  { hidden: 128 },
  { aggregate: "last" },
  { recurrent: false },
  { joiner: false },
  { layers: 2 },
];

/**
 * READ without each of its parts, on the embedded backbone: cell, state width, aggregate, recurrence, joiner, every second
 * layer. Without recurrence each layer has a network of its own, so its parameters grow with depth: the count stands beside.
 * `pnpm suite:page read-ablation` writes its page.
 */
export default {
  name: "read-ablation",
  description: "READ without each of its parts, on the embedded backbone, three seeds",
  methods: [{ method: "full" }, ...ablations.map((config) => ({ method: "read", config }))],
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

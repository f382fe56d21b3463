import type { SuiteInput } from "@petl/bench";

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
 */
export default {
  name: "read-ablation",
  description:
    "READ without each of its parts, on the embedded tiny T5 and four tasks; no figure of a trained backbone",
  methods: [{ method: "full" }, ...ablations.map((config) => ({ method: "read", config }))],
  tasks: ["cola", "sst2", "mrpc", "rte"],
  backbone: "t5-tiny-random",
  settings: { epochs: 2, batchSize: 32, learningRate: 1e-3 },
  limit: 512,
  evalLimit: 256,
  reference: "full",
} satisfies SuiteInput;

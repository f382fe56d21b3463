import type { FoundRate } from "@petl/bench";

/** What `bench tune` found for the preset `quick` on GLUE; `docs/results/mini.md` says how. */
export const quickRates: FoundRate[] = [
  {
    method: "full",
    config: {},
    task: "sst2",
    chosen: { trial: 4, of: 8, learningRate: 0.00097, validationScore: 71.875, edge: null },
  },
  {
    method: "read",
    config: {},
    task: "sst2",
    chosen: { trial: 6, of: 8, learningRate: 0.0045, validationScore: 55.46875, edge: null },
  },
  {
    method: "lora",
    config: { learningRateScale: 10 },
    task: "sst2",
    chosen: { trial: 4, of: 8, learningRate: 0.00097, validationScore: 71.875, edge: null },
  },
  {
    method: "bitfit",
    config: { learningRateScale: 10 },
    task: "sst2",
    chosen: { trial: 6, of: 8, learningRate: 0.0045, validationScore: 55.46875, edge: null },
  },
  {
    method: "prompt-tuning",
    config: { tokens: 20, learningRateScale: 300 },
    task: "sst2",
    chosen: { trial: 1, of: 8, learningRate: 4.1e-5, validationScore: 51.5625, edge: "lowest" },
  },
  {
    method: "full",
    config: {},
    task: "stsb",
    chosen: { trial: 5, of: 8, learningRate: 0.0016, validationScore: 33.549328266415934, edge: null },
  },
  {
    method: "read",
    config: {},
    task: "stsb",
    chosen: { trial: 7, of: 8, learningRate: 0.0094, validationScore: 27.266059334558307, edge: null },
  },
  {
    method: "lora",
    config: { learningRateScale: 10 },
    task: "stsb",
    chosen: { trial: 8, of: 8, learningRate: 0.018, validationScore: 0.20275821377957007, edge: "highest" },
  },
  {
    method: "bitfit",
    config: { learningRateScale: 10 },
    task: "stsb",
    chosen: { trial: 3, of: 8, learningRate: 0.00026, validationScore: 11.869895114859586, edge: null },
  },
  {
    method: "prompt-tuning",
    config: { tokens: 20, learningRateScale: 300 },
    task: "stsb",
    chosen: { trial: 3, of: 8, learningRate: 0.00026, validationScore: 4.7790330958186376, edge: null },
  },
];

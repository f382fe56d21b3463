import type { SuiteInput } from "@petl/bench";

/** What `bench tune` found for the preset `quick` on GLUE; `docs/results/mini.md` says how. */
export const quickRates: SuiteInput["rates"] = [
  {
    method: "full",
    config: {},
    task: "sst2",
    chosen: { trial: 5, of: 8, learningRate: 0.0016, validationScore: 76.5625, edge: null },
  },
  {
    method: "read",
    config: {},
    task: "sst2",
    chosen: { trial: 5, of: 8, learningRate: 0.0016, validationScore: 64.0625, edge: null },
  },
  {
    method: "lora",
    config: { learningRateScale: 10 },
    task: "sst2",
    chosen: { trial: 4, of: 8, learningRate: 0.00097, validationScore: 69.53125, edge: null },
  },
  {
    method: "bitfit",
    config: { learningRateScale: 10 },
    task: "sst2",
    chosen: { trial: 5, of: 8, learningRate: 0.0016, validationScore: 58.59375, edge: null },
  },
  {
    method: "prompt-tuning",
    config: { tokens: 20, learningRateScale: 300 },
    task: "sst2",
    chosen: { trial: 4, of: 8, learningRate: 0.00097, validationScore: 57.8125, edge: null },
  },
  {
    method: "full",
    config: {},
    task: "stsb",
    chosen: { trial: 3, of: 8, learningRate: 0.00026, validationScore: 21.024920150117577, edge: null },
  },
  {
    method: "read",
    config: {},
    task: "stsb",
    chosen: { trial: 4, of: 8, learningRate: 0.00097, validationScore: 4.39853954138581, edge: null },
  },
  {
    method: "lora",
    config: { learningRateScale: 10 },
    task: "stsb",
    chosen: { trial: 5, of: 8, learningRate: 0.0016, validationScore: 5.793133231960886, edge: null },
  },
  {
    method: "bitfit",
    config: { learningRateScale: 10 },
    task: "stsb",
    chosen: { trial: 5, of: 8, learningRate: 0.0016, validationScore: 10.89303553152806, edge: null },
  },
  {
    method: "prompt-tuning",
    config: { tokens: 20, learningRateScale: 300 },
    task: "stsb",
    chosen: { trial: 3, of: 8, learningRate: 0.00026, validationScore: 0.7057254168356453, edge: null },
  },
];

import type { LlamaConfig } from "./config.js";
import type { Rope } from "./rope.js";

/** Ids of our own small tokenizer, which backbones with random weights have; the published models' differ. */
const ownIds = { bosId: 0, eosId: 1, padId: 1 };

const common = {
  ...ownIds,
  modelType: "llama",
  slidingWindow: null,
  queryKeyValueBias: false,
  outputBias: false,
  feedForwardBias: false,
  queryKeyNorm: false,
  tiedHead: true,
  normEpsilon: 1e-5,
  initialDeviation: 0.02,
} as const;

const theta = (value: number): Rope => ({ kind: "default", theta: value });

const llama3 = (factor: number): Rope => ({
  kind: "llama3",
  theta: 500_000,
  factor,
  lowFrequencyFactor: 1,
  highFrequencyFactor: 4,
  originalPositions: 8192,
});

type Sizes = readonly [
  width: number,
  feedForwardWidth: number,
  layers: number,
  heads: number,
  keyValueHeads: number,
  headWidth: number,
];

const geometry = (
  vocabularySize: number,
  [modelWidth, feedForwardWidth, layers, heads, keyValueHeads, headWidth]: Sizes,
  rope: Rope,
  maxPositions: number,
  rest: Partial<LlamaConfig> = {},
): LlamaConfig => ({
  ...common,
  ...{ vocabularySize, modelWidth, feedForwardWidth, layers, heads, keyValueHeads, headWidth, rope, maxPositions },
  ...rest,
});

const untied = { tiedHead: false } as const;
const qwen2 = { modelType: "qwen2", queryKeyValueBias: true, normEpsilon: 1e-6 } as const;
const qwen3 = { modelType: "qwen3", queryKeyNorm: true, normEpsilon: 1e-6 } as const;

/** Published geometries, read off their `config.json`, and the tiny one of smoke runs; the ids are those of our own tokenizer. */
export const geometries: Readonly<Record<string, LlamaConfig>> = {
  "llama-tiny": geometry(2048, [64, 176, 2, 4, 2, 16], theta(10_000), 2048),
  "llama-2-7b": geometry(32_000, [4096, 11_008, 32, 32, 32, 128], theta(10_000), 4096, untied),
  "llama-3.1-8b": geometry(128_256, [4096, 14_336, 32, 32, 8, 128], llama3(8), 131_072, untied),
  "llama-3.2-1b": geometry(128_256, [2048, 8192, 16, 32, 8, 64], llama3(32), 131_072),
  "llama-3.2-3b": geometry(128_256, [3072, 8192, 28, 24, 8, 128], llama3(32), 131_072),
  "tinyllama-1.1b": geometry(32_000, [2048, 5632, 22, 32, 4, 64], theta(10_000), 2048, untied),
  "smollm2-135m": geometry(49_152, [576, 1536, 30, 9, 3, 64], theta(100_000), 8192),
  "smollm2-360m": geometry(49_152, [960, 2560, 32, 15, 5, 64], theta(100_000), 8192),
  "smollm2-1.7b": geometry(49_152, [2048, 8192, 24, 32, 32, 64], theta(130_000), 8192),
  "mistral-7b": geometry(32_768, [4096, 14_336, 32, 32, 8, 128], theta(1e6), 32_768, {
    ...untied,
    modelType: "mistral",
  }),
  "qwen2.5-0.5b": geometry(151_936, [896, 4864, 24, 14, 2, 64], theta(1e6), 32_768, qwen2),
  "qwen2.5-1.5b": geometry(151_936, [1536, 8960, 28, 12, 2, 128], theta(1e6), 131_072, qwen2),
  "qwen2.5-7b": geometry(152_064, [3584, 18_944, 28, 28, 4, 128], theta(1e6), 131_072, { ...qwen2, ...untied }),
  "qwen3-0.6b": geometry(151_936, [1024, 3072, 28, 16, 8, 128], theta(1e6), 40_960, qwen3),
};

/** Repositories of the Hugging Face hub. */
export const published: Readonly<Record<string, string>> = {
  "llama-2-7b": "meta-llama/Llama-2-7b-hf",
  "llama-3.1-8b": "meta-llama/Llama-3.1-8B",
  "llama-3.2-1b": "meta-llama/Llama-3.2-1B",
  "llama-3.2-3b": "meta-llama/Llama-3.2-3B",
  "tinyllama-1.1b": "TinyLlama/TinyLlama_v1.1",
  "smollm2-135m": "HuggingFaceTB/SmolLM2-135M",
  "smollm2-360m": "HuggingFaceTB/SmolLM2-360M",
  "smollm2-1.7b": "HuggingFaceTB/SmolLM2-1.7B",
  "mistral-7b": "mistralai/Mistral-7B-v0.3",
  "qwen2.5-0.5b": "Qwen/Qwen2.5-0.5B",
  "qwen2.5-1.5b": "Qwen/Qwen2.5-1.5B",
  "qwen2.5-7b": "Qwen/Qwen2.5-7B",
  "qwen3-0.6b": "Qwen/Qwen3-0.6B",
};

/** Every part that some model has: biases, norms of queries and keys, shared keys, heads wider than the model, an untied head. */
export const testConfig: LlamaConfig = {
  ...geometry(61, [32, 48, 3, 4, 2, 10], theta(10_000), 64, { modelType: "qwen3", queryKeyNorm: true }),
  ...{ queryKeyValueBias: true, outputBias: true, tiedHead: false, initialDeviation: 0.18 },
};

import { type GgufDescription, type GgufMetadata, ggufValue } from "@petl/checkpoint";
import type { LlamaConfig, ModelType } from "./config.js";
import { inverseFrequencies, type Rope } from "./rope.js";

const architectures: Readonly<Record<ModelType, string>> = {
  llama: "llama",
  mistral: "llama",
  qwen2: "qwen2",
  qwen3: "qwen3",
};

const { f32, string, u32 } = ggufValue;

/**
 * What a GGUF file says of a geometry, under llama.cpp's keys; null for frequencies scaled as Llama 3's in an architecture that has no
 * place for them.
 *
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export function ggufDescription(config: LlamaConfig): Omit<GgufDescription, "storedName"> | null {
  const { headWidth, rope, vocabularySize } = config;
  const architecture = architectures[config.modelType];
  if (rope.kind === "llama3" && architecture !== "llama") return null;
  return {
    ...{ architecture, vocabularySize },
    metadata: {
      context_length: u32(config.maxPositions),
      embedding_length: u32(config.modelWidth),
      block_count: u32(config.layers),
      feed_forward_length: u32(config.feedForwardWidth),
      "attention.head_count": u32(config.heads),
      "attention.head_count_kv": u32(config.keyValueHeads),
      "attention.key_length": u32(headWidth),
      "attention.value_length": u32(headWidth),
      "attention.layer_norm_rms_epsilon": f32(config.normEpsilon),
      "rope.dimension_count": u32(headWidth),
      "rope.freq_base": f32(rope.theta),
      ...ropeScaling(rope),
      vocab_size: u32(vocabularySize),
    },
    constants: rope.kind === "llama3" ? { "rope_freqs.weight": frequencyDivisors(rope, headWidth) } : {},
  };
}

const ropeScaling = (rope: Rope): GgufMetadata =>
  rope.kind === "linear" ? { "rope.scaling.type": string("linear"), "rope.scaling.factor": f32(rope.factor) } : {};

/** What llama.cpp divides the plain frequencies by: (headWidth / 2). */
function frequencyDivisors(rope: Rope, headWidth: number): Float32Array {
  const plain = inverseFrequencies({ kind: "default", theta: rope.theta }, headWidth);
  return Float32Array.from(inverseFrequencies(rope, headWidth), (scaled, pair) => plain[pair]! / scaled);
}

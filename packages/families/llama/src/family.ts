import { fileURLToPath } from "node:url";
import { defineFamily, layerWeights } from "@petl/backbone";
import type { Tokenizer } from "@petl/checkpoint";
import { huggingFaceConfig, huggingFaceFields, type LlamaConfig, modelTypes } from "./config.js";
import { geometries, published, testConfig } from "./geometries.js";
import { ggufNaming } from "./gguf-names.js";
import { storedTensors } from "./hugging-face-names.js";
import { initialise } from "./initialise.js";
import { Llama } from "./llama.js";
import { llamaShapes, llamaSites, lmHead, tokenTable } from "./sites.js";

/** Llama 2 and 3, SmolLM2, TinyLlama, Mistral, Qwen2, Qwen2.5 and Qwen3. Touvron et al. 2023, https://arxiv.org/abs/2307.09288 */
export default defineFamily<LlamaConfig>({
  specVersion: "v1",
  name: "llama",
  modelTypes,
  models: "Llama 2 and 3, SmolLM2, TinyLlama, Mistral, Qwen2, Qwen2.5, Qwen3",
  scorings: [
    { scoring: "likelihood", format: "lm-eval" },
    { scoring: "head", format: "segments" },
    { scoring: "trie", format: "lm-eval" },
    { scoring: "free", format: "lm-eval" },
  ],
  config: huggingFaceConfig,
  configFields: huggingFaceFields,
  shapes: (config) => llamaShapes(config),
  stored: storedTensors,
  storable: (config) => ({
    layers: layerWeights(llamaSites(config, null)),
    tables: [tokenTable, ...(config.tiedHead ? [] : [`${lmHead}.weight`])],
  }),
  gguf: ggufNaming,
  initialise,
  build: (name, config, params) => new Llama(name, config, params),
  misfit,
  geometries,
  published,
  testConfig,
  tokenizerDirectory: fileURLToPath(new URL("../presets/llama-tiny-random/", import.meta.url)),
});

function misfit(config: LlamaConfig, tokenizer: Tokenizer): readonly [expected: string, got: string] | null {
  const { vocabularySize, padId, eosId } = config;
  const rows = "the rows of the embedding table";
  if (tokenizer.vocabularySize > vocabularySize)
    return [`a tokenizer of at most ${vocabularySize} ids (${rows})`, String(tokenizer.vocabularySize)];
  const ids = { pad_token_id: padId, eos_token_id: eosId };
  const odd = Object.entries(ids).find(([, id]) => id < 0 || id >= vocabularySize);
  if (odd !== undefined) return [`${odd[0]} from 0 to ${vocabularySize - 1} (${rows})`, String(odd[1])];
  if (eosId !== tokenizer.eosId)
    return [`the tokenizer's end of sequence ${tokenizer.eosId} as eos_token_id, or as its last`, String(eosId)];
  return null;
}

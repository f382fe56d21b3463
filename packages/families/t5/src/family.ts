import { fileURLToPath } from "node:url";
import { defineFamily, layerWeights } from "@petl/backbone";
import type { Tokenizer } from "@petl/checkpoint";
import { geometries, huggingFaceConfig, huggingFaceFields, type T5Config, testConfig } from "./config.js";
import { huggingFaceNames, tiedNames, unusedTensors } from "./hugging-face-names.js";
import { initialise } from "./initialise.js";
import { sharedEmbedding, t5Shapes, t5Sites } from "./sites.js";
import { T5 } from "./t5.js";

/** T5 v1.0, v1.1 and models of their geometry. Raffel et al. 2020, https://arxiv.org/abs/1910.10683 */
export default defineFamily<T5Config>({
  specVersion: "v1",
  name: "t5",
  modelTypes: ["t5"],
  models: "T5 v1.0, v1.1, FLAN-T5",
  scorings: [
    { scoring: "trie", format: "t5" },
    { scoring: "likelihood", format: "t5" },
    { scoring: "free", format: "t5" },
  ],
  config: huggingFaceConfig,
  configFields: huggingFaceFields,
  shapes: t5Shapes,
  stored: (config) => ({
    names: huggingFaceNames(config),
    ignore: unusedTensors,
    tied: tiedNames(config).map((alias) => [alias, sharedEmbedding] as const),
  }),
  storable: (config) => ({
    layers: layerWeights(t5Sites(config)),
    tables: [sharedEmbedding, ...(config.tiedHead ? [] : ["lmHead.weight"])],
  }),
  initialise: (config, random, use, keep) => initialise(config, random, use === "frozen" ? 1 : undefined, keep),
  build: (name, config, params) => new T5(name, config, params),
  misfit,
  geometries,
  published: {
    "t5-small": "google-t5/t5-small",
    "t5-base": "google-t5/t5-base",
    "t5-large": "google-t5/t5-large",
    "t5-3b": "google-t5/t5-3b",
    "t5-11b": "google-t5/t5-11b",
    "t5-v1.1-small": "google/t5-v1_1-small",
    "t5-v1.1-base": "google/t5-v1_1-base",
    "t5-v1.1-large": "google/t5-v1_1-large",
    "flan-t5-small": "google/flan-t5-small",
    "flan-t5-base": "google/flan-t5-base",
    "flan-t5-large": "google/flan-t5-large",
  },
  testConfig,
  tokenizerDirectory: fileURLToPath(new URL("../presets/t5-tiny-random/", import.meta.url)),
});

function misfit(config: T5Config, tokenizer: Tokenizer): readonly [expected: string, got: string] | null {
  const { vocabularySize, padId, eosId, decoderStartId } = config;
  const rows = "the rows of the embedding table";
  if (tokenizer.vocabularySize > vocabularySize)
    return [`a tokenizer of at most ${vocabularySize} ids (${rows})`, String(tokenizer.vocabularySize)];
  const ids = { pad_token_id: padId, eos_token_id: eosId, decoder_start_token_id: decoderStartId };
  const odd = Object.entries(ids).find(([, id]) => id < 0 || id >= vocabularySize);
  if (odd !== undefined) return [`${odd[0]} from 0 to ${vocabularySize - 1} (${rows})`, String(odd[1])];
  if (eosId !== tokenizer.eosId)
    return [`the tokenizer's end of sequence ${tokenizer.eosId} as eos_token_id`, String(eosId)];
  return null;
}

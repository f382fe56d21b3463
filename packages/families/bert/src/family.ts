import { fileURLToPath } from "node:url";
import { defineFamily, layerWeights } from "@petl/backbone";
import type { Tokenizer } from "@petl/checkpoint";
import { Bert } from "./bert.js";
import { type BertConfig, huggingFaceConfig } from "./config.js";
import { huggingFaceFields } from "./config-fields.js";
import { geometries, published, testConfig } from "./geometries.js";
import { storedTensors } from "./hugging-face-names.js";
import { draw } from "./initialise.js";
import { bertSites, encoderShapes, wordEmbedding } from "./sites.js";

/** Encoders with post-normalisation and absolute positions. Devlin et al. 2019, https://arxiv.org/abs/1810.04805 */
export default defineFamily<BertConfig>({
  specVersion: "v1",
  name: "bert",
  modelTypes: ["bert", "roberta", "distilbert"],
  models: "BERT, RoBERTa, DistilBERT, MiniLM, BGE, E5",
  scorings: [{ scoring: "head", format: "segments" }],
  config: huggingFaceConfig,
  configFields: huggingFaceFields,
  shapes: encoderShapes,
  stored: storedTensors,
  storable: (config) => ({ layers: layerWeights(bertSites(config, [])), tables: [`${wordEmbedding}.weight`] }),
  initialise: (config, random, _, keep) => draw(encoderShapes(config), config, random, new Map(), keep),
  build: (name, config, params) => new Bert(name, config, params),
  misfit,
  geometries,
  published,
  testConfig,
  tokenizerDirectory: fileURLToPath(new URL("../presets/bert-tiny-random/", import.meta.url)),
});

function misfit(
  { vocabularySize, padId }: BertConfig,
  tokenizer: Pick<Tokenizer, "vocabularySize">,
): readonly [expected: string, got: string] | null {
  const rows = "the rows of the embedding table";
  if (tokenizer.vocabularySize > vocabularySize)
    return [`a tokenizer of at most ${vocabularySize} ids (${rows})`, String(tokenizer.vocabularySize)];
  if (padId < 0 || padId >= vocabularySize)
    return [`pad_token_id from 0 to ${vocabularySize - 1} (${rows})`, String(padId)];
  return null;
}

import type { BertConfig } from "./config.js";

const bert = { architecture: "bert", vocabularySize: 30_522, positions: 512, tokenTypes: 2, padId: 0 } as const;
const roberta = { architecture: "roberta", vocabularySize: 50_265, positions: 514, tokenTypes: 1, padId: 1 } as const;
const distilbert = { ...bert, architecture: "distilbert", tokenTypes: 0 } as const;

function geometry(
  kind: Pick<BertConfig, "architecture" | "vocabularySize" | "positions" | "tokenTypes" | "padId">,
  modelWidth: number,
  layers: number,
  heads: number,
): BertConfig {
  return {
    ...kind,
    modelWidth,
    layers,
    heads,
    feedForwardWidth: 4 * modelWidth,
    activation: "gelu",
    normEpsilon: kind.architecture === "roberta" ? 1e-5 : 1e-12,
    initializerRange: 0.02,
  };
}

/**
 * Published geometries, and the tiny one of tests and smoke runs. That one's weights are drawn at 1 / sqrt(width): at the published
 * 0.02 so narrow a layer would pass almost nothing on.
 */
export const geometries: Readonly<Record<string, BertConfig>> = {
  "bert-tiny": { ...geometry(bert, 64, 2, 4), vocabularySize: 2000, initializerRange: 0.125 },
  "bert-base": geometry(bert, 768, 12, 12),
  "bert-large": geometry(bert, 1024, 24, 16),
  "roberta-base": geometry(roberta, 768, 12, 12),
  "roberta-large": geometry(roberta, 1024, 24, 16),
  "distilbert-base": geometry(distilbert, 768, 6, 12),
  "distilroberta-base": geometry(roberta, 768, 6, 12),
  "minilm-l6": geometry(bert, 384, 6, 12),
  "minilm-l12": geometry(bert, 384, 12, 12),
};

/** Published checkpoints: repositories of the Hugging Face hub. */
export const published: Readonly<Record<string, string>> = {
  "bert-base-uncased": "google-bert/bert-base-uncased",
  "bert-base-cased": "google-bert/bert-base-cased",
  "bert-large-uncased": "google-bert/bert-large-uncased",
  "bert-large-cased": "google-bert/bert-large-cased",
  "roberta-base": "FacebookAI/roberta-base",
  "roberta-large": "FacebookAI/roberta-large",
  "distilbert-base-uncased": "distilbert/distilbert-base-uncased",
  "distilbert-base-cased": "distilbert/distilbert-base-cased",
  "distilroberta-base": "distilbert/distilroberta-base",
  "minilm-l6": "sentence-transformers/all-MiniLM-L6-v2",
  "minilm-l12": "sentence-transformers/all-MiniLM-L12-v2",
  "bge-small": "BAAI/bge-small-en-v1.5",
  "bge-base": "BAAI/bge-base-en-v1.5",
  "bge-large": "BAAI/bge-large-en-v1.5",
  "e5-small": "intfloat/e5-small-v2",
  "e5-base": "intfloat/e5-base-v2",
  "e5-large": "intfloat/e5-large-v2",
};

/** Three layers of width 32, and room for a prompt before the text. */
export const testConfig: BertConfig = {
  ...geometry(bert, 32, 3, 4),
  vocabularySize: 61,
  feedForwardWidth: 48,
  positions: 128,
  initializerRange: 0.18,
};

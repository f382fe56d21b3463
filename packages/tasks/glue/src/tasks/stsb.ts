import type { GlueTask } from "../task.js";
import { glue } from "./collection.js";

/** Semantic Textual Similarity Benchmark (Cer et al. 2017). Scores run from 0 to 5, 0 included. */
export const stsb: GlueTask = {
  name: "stsb",
  title: "STS-B",
  collection: glue,
  sortsFields: true,
  layout: "glue",
  folder: "STS-B",
  fields: ["sentence1", "sentence2"],
  columns: { sentence1: "sentence1", sentence2: "sentence2" },
  label: "score",
  target: { kind: "score", minimum: 0, maximum: 5, step: 0.2 },
  evaluations: ["dev"],
  splits: {
    train: { files: ["train.tsv"], officialRows: 5749 },
    dev: { files: ["dev.tsv"], officialRows: 1500 },
    test: { files: ["test.tsv"], officialRows: 1379, label: null, optional: true },
  },
  metrics: ["pearson", "spearman"],
  prompt: {
    text: "Sentence 1: {sentence1}\nSentence 2: {sentence2}\nQuestion: How similar are both sentences, from 0.0 to 5.0?\nAnswer:",
  },
  defects: {},
  download: [{ path: "glue/data/STS-B.zip" }],
};

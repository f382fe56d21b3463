import type { GlueTask } from "../task.js";
import { glue } from "./collection.js";

/** Recognizing Textual Entailment 1, 2, 3 and 5, as two classes. */
export const rte: GlueTask = {
  name: "rte",
  title: "RTE",
  collection: glue,
  sortsFields: true,
  layout: "glue",
  folder: "RTE",
  fields: ["sentence1", "sentence2"],
  columns: { sentence1: "sentence1", sentence2: "sentence2" },
  label: "label",
  target: {
    kind: "class",
    labels: [
      { file: "entailment", word: "entailment" },
      { file: "not_entailment", word: "not_entailment" },
    ],
  },
  evaluations: ["dev"],
  splits: {
    train: { files: ["train.tsv"], officialRows: 2490 },
    dev: { files: ["dev.tsv"], officialRows: 277 },
    test: { files: ["test.tsv"], officialRows: 3000, label: null, optional: true },
  },
  metrics: ["accuracy"],
  prompt: {
    text: "{sentence1}\nQuestion: {sentence2} True or False?\nAnswer:",
    answers: ["True", "False"],
  },
  defects: {},
  download: [{ path: "glue/data/RTE.zip" }],
};

import type { GlueTask } from "../task.js";
import { glue } from "./collection.js";

/** Question-answering NLI, version 2 (GLUE's recast of SQuAD, Rajpurkar et al. 2016). */
export const qnli: GlueTask = {
  name: "qnli",
  title: "QNLI",
  collection: glue,
  sortsFields: true,
  layout: "glue",
  folder: "QNLI",
  fields: ["question", "sentence"],
  columns: { question: "question", sentence: "sentence" },
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
    train: { files: ["train.tsv"], officialRows: 104743 },
    dev: { files: ["dev.tsv"], officialRows: 5463 },
    test: { files: ["test.tsv"], officialRows: 5463, label: null, optional: true },
  },
  metrics: ["accuracy"],
  prompt: {
    text: "{question}\n{sentence}\nQuestion: Does this response answer the question?\nAnswer:",
    answers: ["yes", "no"],
  },
  defects: {},
  download: [{ path: "glue/data/QNLIv2.zip" }],
};

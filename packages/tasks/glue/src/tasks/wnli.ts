import type { GlueTask } from "../task.js";
import { glue } from "./collection.js";

/** Winograd NLI (Levesque et al. 2011). Dev is adversarial: it shares hypotheses with train under the opposite label. */
export const wnli: GlueTask = {
  name: "wnli",
  title: "WNLI",
  collection: glue,
  sortsFields: true,
  layout: "glue",
  folder: "WNLI",
  fields: ["sentence1", "sentence2"],
  columns: { sentence1: "sentence1", sentence2: "sentence2" },
  label: "label",
  target: {
    kind: "class",
    labels: [
      { file: "0", word: "not_entailment" },
      { file: "1", word: "entailment" },
    ],
  },
  evaluations: ["dev"],
  splits: {
    train: { files: ["train.tsv"], officialRows: 635 },
    dev: { files: ["dev.tsv"], officialRows: 71 },
    test: { files: ["test.tsv"], officialRows: 146, label: null, optional: true },
  },
  metrics: ["accuracy"],
  prompt: {
    text: "{sentence1}\nQuestion: {sentence2} True or False?\nAnswer:",
    answers: ["False", "True"],
  },
  defects: {},
  download: [{ path: "glue/data/WNLI.zip" }],
};

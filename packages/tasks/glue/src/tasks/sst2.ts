import type { GlueTask } from "../task.js";
import { glue } from "./collection.js";

/** Stanford Sentiment Treebank, binary (Socher et al. 2013). Train holds phrases, dev and test whole sentences. */
export const sst2: GlueTask = {
  name: "sst2",
  title: "SST-2",
  collection: glue,
  sortsFields: true,
  layout: "glue",
  folder: "SST-2",
  fields: ["sentence"],
  columns: { sentence: "sentence" },
  label: "label",
  target: {
    kind: "class",
    labels: [
      { file: "0", word: "negative" },
      { file: "1", word: "positive" },
    ],
  },
  evaluations: ["dev"],
  splits: {
    train: { files: ["train.tsv"], officialRows: 67349 },
    dev: { files: ["dev.tsv"], officialRows: 872 },
    test: { files: ["test.tsv"], officialRows: 1821, label: null, optional: true },
  },
  metrics: ["accuracy"],
  prompt: {
    text: "{sentence}\nQuestion: Is this sentence positive or negative?\nAnswer:",
    answers: ["negative", "positive"],
  },
  defects: {},
  download: [{ path: "glue/data/SST-2.zip" }],
};

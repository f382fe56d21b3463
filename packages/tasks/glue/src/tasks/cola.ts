import type { GlueTask, SplitLayout } from "../task.js";
import { glue } from "./collection.js";

const headerless = { columns: { sentence: 3 }, label: 1, headerless: 4 } satisfies Partial<SplitLayout>;

/** Corpus of Linguistic Acceptability (Warstadt et al. 2019). Train and dev have no header, test has one. */
export const cola: GlueTask = {
  name: "cola",
  title: "CoLA",
  collection: glue,
  sortsFields: true,
  layout: "glue",
  folder: "CoLA",
  fields: ["sentence"],
  columns: { sentence: "sentence" },
  label: "label",
  target: {
    kind: "class",
    labels: [
      { file: "0", word: "unacceptable" },
      { file: "1", word: "acceptable" },
    ],
  },
  evaluations: ["dev"],
  splits: {
    train: { files: ["train.tsv"], officialRows: 8551, ...headerless },
    dev: { files: ["dev.tsv"], officialRows: 1043, ...headerless },
    test: { files: ["test.tsv"], officialRows: 1063, label: null, optional: true },
  },
  metrics: ["matthews"],
  prompt: {
    text: "{sentence}\nQuestion: Does this sentence make sense?\nAnswer:",
    answers: ["no", "yes"],
  },
  defects: {},
  download: [{ path: "glue/data/CoLA.zip" }],
};

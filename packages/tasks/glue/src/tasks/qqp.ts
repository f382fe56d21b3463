import type { GlueTask } from "../task.js";
import { glue } from "./collection.js";

/** Quora Question Pairs. A few official rows were broken in two by a line feed: dropped, as Hugging Face does. */
export const qqp: GlueTask = {
  name: "qqp",
  title: "QQP",
  collection: glue,
  sortsFields: true,
  layout: "glue",
  folder: "QQP",
  fields: ["question1", "question2"],
  columns: { question1: "question1", question2: "question2" },
  label: "is_duplicate",
  target: {
    kind: "class",
    labels: [
      { file: "0", word: "not_duplicate" },
      { file: "1", word: "duplicate" },
    ],
  },
  evaluations: ["dev"],
  splits: {
    train: { files: ["train.tsv"], officialRows: 363846 },
    dev: { files: ["dev.tsv"], officialRows: 40430 },
    test: { files: ["test.tsv"], officialRows: 390965, label: null, optional: true },
  },
  metrics: ["f1", "accuracy"],
  prompt: {
    text: "Question 1: {question1}\nQuestion 2: {question2}\nQuestion: Do both questions ask the same thing?\nAnswer:",
    answers: ["no", "yes"],
  },
  defects: { missingField: "drop", emptyText: "keep" },
  download: [{ path: "glue/data/QQP-clean.zip" }],
};

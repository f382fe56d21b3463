import type { Task } from "../task.js";

/** Quora Question Pairs. A few official rows were broken in two by a line feed: dropped, as Hugging Face does. */
export const qqp: Task = {
  name: "qqp",
  title: "QQP",
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
  defects: { missingField: "drop", emptyText: "keep" },
  download: [{ path: "glue/data/QQP-clean.zip" }],
};

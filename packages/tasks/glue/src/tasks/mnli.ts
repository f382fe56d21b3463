import type { GlueTask, SplitLayout } from "../task.js";
import { glue } from "./collection.js";

const unlabelled = { label: null, optional: true } satisfies Partial<SplitLayout>;

/** Multi-Genre Natural Language Inference (Williams et al. 2018). Matched: the genres of train; mismatched: others. */
export const mnli: GlueTask = {
  name: "mnli",
  title: "MNLI",
  collection: glue,
  sortsFields: true,
  layout: "glue",
  folder: "MNLI",
  fields: ["premise", "hypothesis"],
  columns: { premise: "sentence1", hypothesis: "sentence2" },
  label: "gold_label",
  target: {
    kind: "class",
    labels: [
      { file: "entailment", word: "entailment" },
      { file: "neutral", word: "neutral" },
      { file: "contradiction", word: "contradiction" },
    ],
  },
  evaluations: ["dev_matched", "dev_mismatched"],
  splits: {
    train: { files: ["train.tsv"], officialRows: 392702 },
    dev_matched: { files: ["dev_matched.tsv"], officialRows: 9815 },
    dev_mismatched: { files: ["dev_mismatched.tsv"], officialRows: 9832, optional: true },
    test_matched: { files: ["test_matched.tsv"], officialRows: 9796, ...unlabelled },
    test_mismatched: { files: ["test_mismatched.tsv"], officialRows: 9847, ...unlabelled },
  },
  metrics: ["accuracy"],
  prompt: {
    text: "{premise}\nQuestion: {hypothesis:sentence} True, False or Neither?\nAnswer:",
    answers: ["True", "Neither", "False"],
  },
  defects: { emptyText: "keep" },
  download: [{ path: "glue/data/MNLI.zip" }],
};

import type { GlueTask, PairSelection } from "../task.js";
import { glue } from "./collection.js";

const senteval = {
  file: "msr_paraphrase_train.txt",
  pairs: "mrpc_dev_ids.tsv",
  idColumns: ["#1 ID", "#2 ID"],
} satisfies Partial<PairSelection>;

/** Microsoft Research Paraphrase Corpus (Dolan and Brockett 2005). GLUE does not host it: it is cut out of SentEval's copy. */
export const mrpc: GlueTask = {
  name: "mrpc",
  title: "MRPC",
  collection: glue,
  sortsFields: true,
  layout: "glue",
  folder: "MRPC",
  fields: ["sentence1", "sentence2"],
  columns: { sentence1: "#1 String", sentence2: "#2 String" },
  label: "Quality",
  target: {
    kind: "class",
    labels: [
      { file: "0", word: "not_equivalent" },
      { file: "1", word: "equivalent" },
    ],
  },
  evaluations: ["dev"],
  splits: {
    train: { files: ["train.tsv"], officialRows: 3668, selection: { ...senteval, keep: "others" } },
    dev: { files: ["dev.tsv"], officialRows: 408, selection: { ...senteval, keep: "listed" } },
    test: { files: ["test.tsv", "msr_paraphrase_test.txt"], officialRows: 1725, label: null, optional: true },
  },
  metrics: ["f1", "accuracy"],
  prompt: {
    text: "Sentence 1: {sentence1}\nSentence 2: {sentence2}\nQuestion: Do both sentences mean the same thing?\nAnswer:",
    answers: ["no", "yes"],
  },
  defects: {},
  download: [
    { path: "senteval/senteval_data/msr_paraphrase_train.txt", saveAs: "msr_paraphrase_train.txt" },
    { path: "senteval/senteval_data/msr_paraphrase_test.txt", saveAs: "msr_paraphrase_test.txt" },
    { path: "glue/data/mrpc_dev_ids.tsv", saveAs: "mrpc_dev_ids.tsv" },
  ],
};

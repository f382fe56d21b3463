import type { Row } from "./tasks/row.js";

/** The official file names, headers and columns of a task. */
export interface Layout {
  readonly folder: string;
  /** Names of the splits and of their files. */
  readonly files: Readonly<Record<string, string>>;
  /** Null if the official files have none. */
  header(split: string): readonly string[] | null;
  columns(row: Row, index: number, split: string): readonly (string | number)[];
}

const trainAndDev = { train: "train.tsv", dev: "dev.tsv" };
const filler = "sample";

function plain(folder: string, header: readonly string[]): Layout {
  const columns = ({ texts, label }: Row, index: number) => [index, ...texts, label];
  return { folder, files: trainAndDev, header: () => header, columns };
}

const mnliStart = [
  ...["index", "promptID", "pairID", "genre", "sentence1_binary_parse", "sentence2_binary_parse"],
  ...["sentence1_parse", "sentence2_parse", "sentence1", "sentence2"],
];
const judges = ["label1", "label2", "label3", "label4", "label5"];

export const layouts: Readonly<Record<string, Layout>> = {
  cola: {
    folder: "CoLA",
    files: trainAndDev,
    header: () => null,
    columns: ({ texts, label }) => [filler, label, label === "0" ? "*" : "", ...texts],
  },
  sst2: {
    folder: "SST-2",
    files: trainAndDev,
    header: () => ["sentence", "label"],
    columns: ({ texts, label }) => [...texts, label],
  },
  mrpc: {
    folder: "MRPC",
    files: trainAndDev,
    header: () => ["Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"],
    columns: ({ texts, label }, index) => [label, 2 * index, 2 * index + 1, ...texts],
  },
  qqp: {
    folder: "QQP",
    files: trainAndDev,
    header: () => ["id", "qid1", "qid2", "question1", "question2", "is_duplicate"],
    columns: ({ texts, label }, index) => [index, 2 * index, 2 * index + 1, ...texts, label],
  },
  stsb: {
    folder: "STS-B",
    files: trainAndDev,
    header: () => [
      ...["index", "genre", "filename", "year", "old_index", "source1", "source2"],
      ...["sentence1", "sentence2", "score"],
    ],
    columns: ({ texts, label }, index) => [
      ...[index, filler, filler, "none", index, "none", "none"],
      ...[...texts, label],
    ],
  },
  mnli: {
    folder: "MNLI",
    files: { train: "train.tsv", dev_matched: "dev_matched.tsv", dev_mismatched: "dev_mismatched.tsv" },
    header: (split) => [...mnliStart, ...(split === "train" ? judges.slice(0, 1) : judges), "gold_label"],
    columns({ texts, label }, index, split) {
      const genre = split === "dev_mismatched" ? "sea" : "land";
      const labels = new Array<string>(split === "train" ? 2 : 6).fill(label);
      return [index, index, `${index}s`, genre, "", "", "", "", ...texts, ...labels];
    },
  },
  qnli: plain("QNLI", ["index", "question", "sentence", "label"]),
  rte: plain("RTE", ["index", "sentence1", "sentence2", "label"]),
  wnli: plain("WNLI", ["index", "sentence1", "sentence2", "label"]),
};

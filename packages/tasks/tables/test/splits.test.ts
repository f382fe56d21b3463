import { expect, test } from "vitest";
import { findSplits, TableError } from "../src/index.js";
import { folderOf } from "./files.js";

const splitsOf = (names: readonly string[]) => {
  const folder = folderOf(Object.fromEntries(names.map((name) => [name, ""])));
  const below = (files?: readonly string[]) => files?.map((file) => file.slice(folder.length + 1));
  const { train, validation, test } = findSplits(folder);
  return { train: below(train), validation: below(validation), test: below(test) };
};

test.each([
  [
    ["train.csv", "dev.csv", "test.csv", "README.md"],
    { train: ["train.csv"], validation: ["dev.csv"], test: ["test.csv"] },
  ],
  [["my-train.jsonl.gz", "val.jsonl"], { train: ["my-train.jsonl.gz"], validation: ["val.jsonl"] }],
  [
    ["Training.tsv", "valid.tsv", "evaluation.tsv"],
    { train: ["Training.tsv"], validation: ["valid.tsv"], test: ["evaluation.tsv"] },
  ],
  [
    [
      "data/train-00001-of-00002.parquet",
      "data/train-00000-of-00002.parquet",
      "data/validation-00000-of-00001.parquet",
      "dataset_infos.json",
    ],
    {
      train: ["data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet"],
      validation: ["data/validation-00000-of-00001.parquet"],
    },
  ],
  [["train/0.csv", "train/1.csv", "test/a.csv"], { train: ["train/0.csv", "train/1.csv"], test: ["test/a.csv"] }],
  [
    ["train_1.csv", "train_0.csv", "validation.csv"],
    { train: ["train_0.csv", "train_1.csv"], validation: ["validation.csv"] },
  ],
] as const)("%j", (names, expected) => {
  expect(splitsOf(names)).toEqual(
    Object.assign({ train: undefined, validation: undefined, test: undefined }, expected),
  );
});

test.each([
  [
    ["train.csv", "unsupervised.csv"],
    'files or folders of no split: expected names with one of the words train, validation (valid, val, dev) or test, got "unsupervised.csv"',
  ],
  [["train.csv", "constrained.csv"], 'got "constrained.csv"'],
  [["train.csv", "notes.txt"], 'got "notes.txt"'],
  [["train/0.csv", "other/0.csv"], 'got "other"'],
  [["train.csv", "train-test.csv"], 'a name says two splits: expected one, got "train-test.csv"'],
  [
    ["validation_matched.csv", "validation_mismatched.csv"],
    'validation is there more than once: expected one, got "validation_matched", "validation_mismatched"',
  ],
  [["train.csv", "data/train.csv"], 'train is there more than once: expected one, got "train", "data/train"'],
  [["dev.csv", "validation.csv"], "validation is there more than once"],
  [["train-00000-of-00002.parquet"], "shards are missing: expected 2 files, got 1"],
  [["train/a.csv", "train/b.jsonl"], "several formats"],
  [["README.md"], "no split found"],
] as const)("%j is refused", (names, message) => {
  expect(() => splitsOf(names)).toThrow(message);
  expect(() => splitsOf(names)).toThrow(TableError);
});

test("a file or nothing is no folder of splits", () => {
  const folder = folderOf({ "train.csv": "" });
  expect(() => findSplits(`${folder}/train.csv`)).toThrow("not a folder");
  expect(() => findSplits(`${folder}/none`)).toThrow("no such file or folder");
});

import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { quoteAll, TableError, unreadable } from "./errors.js";
import { checkShards, filesOfFolder, listFolder } from "./list-files.js";

/** Files of each split, shards in name order, to pass to `readTable`; absent where the folder has no such split. */
export interface Splits {
  readonly train?: readonly string[];
  readonly validation?: readonly string[];
  readonly test?: readonly string[];
}

type SplitName = keyof Splits;

/** Words of a name that say its split, as Hugging Face datasets has them. */
const words: Readonly<Record<string, SplitName>> = {
  train: "train",
  training: "train",
  validation: "validation",
  valid: "validation",
  val: "validation",
  dev: "validation",
  test: "test",
  testing: "test",
  eval: "test",
  evaluation: "test",
};

/**
 * Which files of a folder are which split: `train.csv`, `dev.jsonl`, `train-00000-of-00002.parquet`, a folder `train` of shards, or all of
 * these in a folder `data`.
 *
 * @throws {TableError} `E_TABLE_SPLITS` where a file or folder is of no split, a name says two, a split is there twice, or there is none;
 * `E_TABLE_MISSING`, `E_TABLE_UNREADABLE`
 */
export function findSplits(folder: string): Splits {
  if (!isFolder(folder)) throw refuse(folder, "not a folder", "a folder with a file or folder per split", "a file");
  const found: Candidate[] = [];
  const strange: string[] = [];
  collect(folder, "", found, strange);
  if (strange.length > 0) {
    const expected = "names with one of the words train, validation (valid, val, dev) or test";
    throw refuse(folder, "files or folders of no split", expected, quoteAll(strange));
  }
  if (found.length === 0) throw refuse(folder, "no split found", "files such as train.csv and validation.csv", "none");
  const splits: { [name in SplitName]?: string[] } = {};
  for (const split of ["train", "validation", "test"] as const) {
    const own = found.filter((candidate) => candidate.split === split);
    if (own.length === 0) continue;
    const sources = [...new Set(own.map(({ source }) => source))];
    if (sources.length > 1) throw refuse(folder, `${split} is there more than once`, "one", quoteAll(sources));
    splits[split] = own.flatMap(({ files }) => files);
    checkShards(splits[split], folder);
  }
  return splits;
}

interface Candidate {
  readonly split: SplitName;
  /** The shards of one table have one source: folder and name, without the shard's number and the ending. */
  readonly source: string;
  readonly files: readonly string[];
}

function collect(root: string, below: string, found: Candidate[], strange: string[]): void {
  const { tables, folders, others } = listFolder(join(root, below));
  strange.push(...others.map((name) => join(below, name)));
  for (const name of tables) {
    const split = splitOf(name, root);
    const file = join(below, name);
    if (split === undefined) strange.push(file);
    else found.push({ split, source: withoutNumber(file), files: [join(root, file)] });
  }
  for (const name of folders) {
    const split = splitOf(name, root);
    const inner = join(below, name);
    if (split !== undefined) found.push({ split, source: inner, files: filesOfFolder(join(root, inner)) });
    else if (name === "data" && below === "") collect(root, inner, found, strange);
    else strange.push(inner);
  }
}

function splitOf(name: string, folder: string): SplitName | undefined {
  const stem = name.toLowerCase().replace(/\..*$/, "");
  const found = new Set(stem.split(/[^a-z]+/).flatMap((word) => (Object.hasOwn(words, word) ? [words[word]!] : [])));
  if (found.size > 1) throw refuse(folder, "a name says two splits", "one", quoteAll([name]));
  return [...found][0];
}

function withoutNumber(file: string): string {
  const name = basename(file);
  return file.slice(0, file.length - name.length) + name.replace(/\..*$/, "").replace(/([-_]?\d+)(-of-\d+)?$/, "");
}

function refuse(file: string, what: string, expected: string, got: string): TableError {
  const remedy = "rename or move what is no split, or name each split's file";
  return new TableError("E_TABLE_SPLITS", what, { file, expected, got, remedy });
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
}

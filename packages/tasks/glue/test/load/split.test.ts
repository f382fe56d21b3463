import { expect, test } from "vitest";
import { loadSplit } from "../../src/load/split.js";
import { cola, mnli, mrpc, qqp, rte, sst2, stsb } from "../../src/tasks/index.js";
import { directoryOf, taskError, tsv } from "../files.js";

const rteHeader = ["index", "sentence1", "sentence2", "label"];

test("columns are found by name, in any order and among others", async () => {
  const directory = directoryOf({
    "RTE/train.tsv": [
      ["label", "extra", "sentence2", "sentence1"],
      ["not_entailment", "?", "b", "a"],
    ],
  });
  const { examples, file } = await loadSplit(directory, rte, "train");
  expect(examples).toEqual([{ index: 0, sentences: { sentence1: "a", sentence2: "b" }, label: 1 }]);
  expect(file).toMatchObject({ rows: 1, officialRows: 2490 });
  expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test("CoLA's train and dev have no header and its test has one", async () => {
  const directory = directoryOf({
    "CoLA/dev.tsv": [["gj04", "0", "*", "Him left."]],
    "CoLA/test.tsv": [
      ["index", "sentence"],
      ["0", "He left."],
    ],
  });
  expect((await loadSplit(directory, cola, "dev")).examples).toEqual([
    { index: 0, sentences: { sentence: "Him left." }, label: 0 },
  ]);
  expect((await loadSplit(directory, cola, "test")).examples).toEqual([
    { index: 0, sentences: { sentence: "He left." }, label: undefined },
  ]);
});

test("N15: a column that the header has twice is refused", async () => {
  const directory = directoryOf({
    "SST-2/train.tsv": [
      ["sentence", "label", "label"],
      ["a", "0", "1"],
    ],
  });
  const error = await taskError(() => loadSplit(directory, sst2, "train"));
  expect(error).toMatchObject({ code: "E_TASK_COLUMNS", line: 1 });
  expect(error.message).toContain('the header has the column "label" twice: expected each column once');
});

test("quotes, 'nan', 'NA' and 'null' are text", async () => {
  const texts = ['"He said', "nan", "NA", "null", "None", " a  b "];
  const directory = directoryOf({ "SST-2/train.tsv": [["sentence", "label"], ...texts.map((text) => [text, "1"])] });
  const { examples } = await loadSplit(directory, sst2, "train");
  expect(examples.map(({ sentences }) => sentences.sentence)).toEqual(texts);
});

test("files with a byte order mark and Windows line ends are read", async () => {
  const directory = directoryOf({ "SST-2/train.tsv": "\ufeffsentence\tlabel\r\ngood\t1\r\n" });
  expect((await loadSplit(directory, sst2, "train")).examples[0]).toMatchObject({
    sentences: { sentence: "good" },
    label: 1,
  });
});

test("QQP's rows with a missing field are dropped and counted, an empty question is kept", async () => {
  const header = ["id", "qid1", "qid2", "question1", "question2", "is_duplicate"];
  const rows = [
    ["0", "1", "2", "Why?", "How?", "0"],
    ["1", "3", "4", "A row that a line feed"],
    ['"', "broke in two?", "0"],
    ["2", "5", "6", "", "Where?", "1"],
    ["3", "7", "8", "When?", "Who?", ""],
  ];
  const split = await loadSplit(directoryOf({ "QQP/train.tsv": [header, ...rows] }), qqp, "train");
  expect(split.dropped).toBe(3);
  expect(split.file.rows).toBe(2);
  expect(split.examples.map(({ index, sentences, label }) => [index, sentences.question1, label])).toEqual([
    [0, "Why?", 0],
    [3, "", 1],
  ]);
});

test("QQP's rows with too many columns are refused", async () => {
  const rows = [
    ["id", "question1", "question2", "is_duplicate"],
    ["0", "a", "b", "1", "more"],
  ];
  const error = await taskError(() => loadSplit(directoryOf({ "QQP/dev.tsv": rows }), qqp, "dev"));
  expect(error).toMatchObject({ code: "E_TASK_ROW", line: 2, got: "5" });
});

test("STS-B's score may be 0 and must lie between 0 and 5", async () => {
  const of = (score: string) =>
    directoryOf({
      "STS-B/dev.tsv": [
        ["sentence1", "sentence2", "score"],
        ["a", "b", score],
      ],
    });
  expect((await loadSplit(of("0.000"), stsb, "dev")).examples[0]?.label).toBe(0);
  expect((await loadSplit(of("4.25"), stsb, "dev")).examples[0]?.label).toBe(4.25);
  for (const score of ["5.1", "-1", "nan", "", "3,5", "1e0"]) {
    expect((await taskError(() => loadSplit(of(score), stsb, "dev"))).code).toBe("E_TASK_LABEL");
  }
});

test("MNLI's label column is gold_label whatever stands before it", async () => {
  const directory = directoryOf({
    "MNLI/dev_matched.tsv": [
      ["index", "sentence1", "sentence2", "label1", "label2", "gold_label"],
      ["0", "p", "h", "neutral", "neutral", "contradiction"],
    ],
  });
  const { examples } = await loadSplit(directory, mnli, "dev_matched");
  expect(examples).toEqual([{ index: 0, sentences: { premise: "p", hypothesis: "h" }, label: 2 }]);
});

test("MRPC is cut out of SentEval's file by the list of development pairs", async () => {
  const header = ["Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"];
  const directory = directoryOf({
    "MRPC/msr_paraphrase_train.txt": `\ufeff${tsv([header, ["1", "10", "11", "a", "b"], ["0", "20", "21", "c", "d"], ["0", "11", "10", "e", "f"]])}`,
    "MRPC/mrpc_dev_ids.tsv": [
      ["20", "21"],
      ["98", "99"],
    ],
    "MRPC/msr_paraphrase_test.txt": [header, ["1", "30", "31", "g", "h"]],
  });
  const train = await loadSplit(directory, mrpc, "train");
  expect(train.examples.map(({ index, sentences, label }) => [index, sentences.sentence1, label])).toEqual([
    [0, "a", 1],
    [1, "e", 0],
  ]);
  expect((await loadSplit(directory, mrpc, "dev")).examples.map(({ sentences }) => sentences.sentence2)).toEqual(["d"]);
  expect((await loadSplit(directory, mrpc, "test")).examples[0]).toMatchObject({ label: undefined });
});

test("a limited split is a fixed part of the whole", async () => {
  const rows = Array.from({ length: 200 }, (_, index) => [`sentence ${index}`, String(index % 2)]);
  const directory = directoryOf({ "SST-2/train.tsv": [["sentence", "label"], ...rows] });
  const all = await loadSplit(directory, sst2, "train");
  const some = await loadSplit(directory, sst2, "train", { limit: 20 });
  expect(some.examples).toHaveLength(20);
  expect(some.file.rows).toBe(200);
  expect(some.examples).toEqual(some.examples.map(({ index }) => all.examples[index]));
  expect((await loadSplit(directory, sst2, "train", { limit: 20 })).examples).toEqual(some.examples);
  expect((await loadSplit(directory, sst2, "train", { limit: 999 })).examples).toHaveLength(200);
});

test("every row is checked, those outside the sample too", async () => {
  const rows = Array.from({ length: 50 }, (_, index) => [`sentence ${index}`, index === 49 ? "2" : "1"]);
  const directory = directoryOf({ "SST-2/train.tsv": [["sentence", "label"], ...rows] });
  expect(await taskError(() => loadSplit(directory, sst2, "train", { limit: 1 }))).toMatchObject({
    line: 51,
    got: '"2"',
  });
});

test("bad input is refused with file, line, what was expected and what was given", async () => {
  const refused = async (rows: string[][] | string) => {
    const directory = directoryOf({ "RTE/train.tsv": rows });
    const error = await taskError(() => loadSplit(directory, rte, "train"));
    expect(error.file).toBe(`${directory}/RTE/train.tsv`);
    expect(error.message).not.toContain("\n");
    return [error.code, error.line, error.message.slice(error.file?.length)];
  };
  expect(await refused([rteHeader, ["0", "a", "b", "entailment"], ["1", "a", "b"]])).toEqual([
    "E_TASK_ROW",
    3,
    ":3: wrong number of columns: expected 4 separated by tabs, got 3; the file is damaged or was rewritten by a program that quotes fields",
  ]);
  expect(await refused([rteHeader, ["0", "a", "b", "maybe"]])).toEqual([
    "E_TASK_LABEL",
    2,
    ':2: not a label of RTE: expected one of entailment, not_entailment, got "maybe"; the file is damaged or belongs to another task',
  ]);
  expect(await refused([["index", "sentence1", "sentnce2", "label"]])).toEqual([
    "E_TASK_COLUMNS",
    1,
    ':1: the header has no column "sentence2": expected a header of RTE with "sentence2", got "index" "sentence1" "sentnce2" "label"; did you mean "sentnce2"?',
  ]);
  expect((await refused([rteHeader, ["0", "", "b", "entailment"]])).slice(0, 2)).toEqual(["E_TASK_ROW", 2]);
  expect((await refused([rteHeader])).slice(0, 2)).toEqual(["E_TASK_EMPTY", undefined]);
  expect((await refused("")).slice(0, 2)).toEqual(["E_TASK_EMPTY", undefined]);
  expect((await refused(`${rteHeader.join("\t")}\n\n`)).slice(0, 2)).toEqual(["E_TASK_ROW", 2]);
});

test("the files of another task are recognised by their columns", async () => {
  const rows = [
    ["index", "sentence1", "sentence2", "score"],
    ["0", "a", "b", "5.000"],
  ];
  const error = await taskError(() => loadSplit(directoryOf({ "QQP/train.tsv": rows }), qqp, "train"));
  expect(error.remedy).toContain("these are the columns of STS-B");
});

test("a missing file names what was looked for and what is there instead", async () => {
  const directory = directoryOf({ "SST2/train.tsv": "" });
  const error = await taskError(() => loadSplit(directory, sst2, "train"));
  expect(error).toMatchObject({ code: "E_TASK_FILE_MISSING", got: 'no folder "SST-2" (nearest: "SST2")' });
  const empty = await taskError(() => loadSplit(`${directory}/none`, sst2, "train"));
  expect(empty.got).toContain("no directory");
  const other = await taskError(() => loadSplit(directoryOf({ "MRPC/msr_paraphrase_train.txt": "" }), mrpc, "dev"));
  expect(other.message).toContain("msr_paraphrase_train.txt with mrpc_dev_ids.tsv");
  expect(other.got).toBe("only msr_paraphrase_train.txt");
});

test("an unknown split and a bad limit are refused", async () => {
  expect((await taskError(() => loadSplit(".", rte, "dev_matched"))).code).toBe("E_TASK_SPLIT");
  for (const limit of [0, -1, 1.5, Number.NaN]) {
    expect((await taskError(() => loadSplit(".", rte, "dev", { limit }))).code).toBe("E_TASK_LIMIT");
  }
});

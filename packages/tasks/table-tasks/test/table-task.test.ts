import { join } from "node:path";
import { loadTask } from "@petl/task";
import { expect, test } from "vitest";
import { openTableTask, parseDefinition, type TaskDefinition, tableReader } from "../src/index.js";
import { directoryOf, reviews } from "./files.js";

const open = (definition: Partial<TaskDefinition>, directory: string) =>
  openTableTask(parseDefinition({ name: "reviews", text: "review", label: "stars", ...definition }, "test"), {
    directory,
  });

test("words are classes in the order of the alphabet, and quotes, commas and new lines stay in the texts", async () => {
  const directory = directoryOf({ "a.csv": reviews(12, ["good", "bad", "so so"]), "b.csv": reviews(3, ["good"], 50) });
  const { task, notices } = await open({ data: { train: "a.csv", test: "b.csv" } }, directory);
  expect(task.target).toEqual({
    kind: "class",
    labels: ["bad", "good", "so so"].map((word) => ({ file: word, word })),
  });
  expect(notices).toEqual(['reviews: 3 classes were found in "stars": bad, good, so so.']);
  const { train, evaluations, source } = await loadTask(tableReader(task));
  expect([source, train.examples.length, evaluations.map(({ name, examples }) => [name, examples.length])]).toEqual([
    ...["table", 12],
    [["test", 3]],
  ]);
  expect(train.examples[1]).toEqual({
    index: 1,
    sentences: { review: 'row 1 says "1", plainly\nand on a second line' },
    label: 0,
  });
});

test.each([
  ["few whole numbers are classes by size", ["10", "2", "1"], ["1", "2", "10"]],
  ["truth values are classes", ["true", "false"], ["false", "true"]],
])("%s", async (_, answers, labels) => {
  const directory = directoryOf({ "a.csv": reviews(30, answers) });
  const { task } = await open({ data: "a.csv" }, directory);
  expect(task.target).toMatchObject({ kind: "class", labels: labels.map((word) => ({ word })) });
  expect(task.metrics).toEqual(["accuracy"]);
});

test.each([
  ["numbers with decimals are scores", ["0.5", "4", "2.25"], { minimum: 0.5, maximum: 4, step: 0.2 }],
  ["so are numbers of many values", Array.from({ length: 40 }, (_, i) => `${i}`), { minimum: 0, maximum: 39, step: 2 }],
])("%s", async (_, answers, target) => {
  const directory = directoryOf({ "a.csv": reviews(80, answers) });
  const { task } = await open({ data: "a.csv" }, directory);
  expect(task.target).toEqual({ kind: "score", ...target });
  expect(task.metrics).toEqual(["pearson", "spearman"]);
});

test("what a definition says is not guessed: kind and labels", async () => {
  const directory = directoryOf({ "a.csv": reviews(30, ["0.5", "1"]) });
  expect((await open({ data: "a.csv", kind: "class" }, directory)).task.target.kind).toBe("class");
  const labels = [
    { file: "0.5", word: "low" },
    { file: "1", word: "high" },
  ];
  const { task, notices } = await open({ data: "a.csv", labels }, directory);
  expect(task.target).toEqual({ kind: "class", labels });
  expect(notices).toHaveLength(1);
});

test("without test rows a fixed fifth of the training rows is kept, apart from the rest", async () => {
  const directory = directoryOf({ "a.csv": reviews(500, ["a", "b"]) });
  const { task, notices } = await open({ data: "a.csv" }, directory);
  expect(notices.at(-1)).toContain("a fixed fifth");
  const { train, evaluations } = await loadTask(tableReader(task));
  const [trained, tested] = [train, evaluations[0]!].map(({ examples }) => examples.map(({ index }) => index));
  expect(trained!.length + tested!.length).toBe(500);
  expect(new Set([...trained!, ...tested!]).size).toBe(500);
  expect(tested!.length).toBeGreaterThan(70);
  expect(tested!.length).toBeLessThan(130);
  const again = await loadTask(tableReader(task), { evalLimit: 20 });
  expect(again.evaluations[0]!.examples.every(({ index }) => tested!.includes(index))).toBe(true);
});

test("a folder says its splits, and what is not used of it is said", async () => {
  const directory = directoryOf({
    "d/train.csv": reviews(9, ["a", "b"]),
    "d/dev.csv": reviews(4, ["a", "b"]),
    "d/test.csv": reviews(6, ["a", "b"]),
  });
  const { task, notices } = await open({ data: "d" }, directory);
  expect(task.files).toEqual({ train: [join(directory, "d/train.csv")], test: [join(directory, "d/test.csv")] });
  expect(notices).toContain("reviews: not used: validation. What chooses settings is held out of the training rows.");
});

test("rows without a text or an answer are dropped, and counted", async () => {
  const directory = directoryOf({ "a.csv": "review,stars\none,a\n,b\ntwo,b\nthree,\n" });
  const { task } = await open({ data: { train: "a.csv", test: "a.csv" } }, directory);
  const { train, notices } = await loadTask(tableReader(task));
  expect([train.examples.map(({ index }) => index), train.dropped]).toEqual([[0, 2], 2]);
  expect(notices).toContain("reviews train: 2 rows with a missing field were dropped.");
});

test.each<[string, Partial<TaskDefinition>, string]>([
  [
    "a column that is not there",
    { text: "revew" },
    'a.csv: no column "revew" for reviews: expected one of "review", "stars", "same"; did you mean "review"?',
  ],
  [
    "one answer in every row",
    { label: "same" },
    'column "same" holds no classes: expected 2 to 200 different answers, got 1; name another column',
  ],
  [
    "texts where scores are asked for",
    { kind: "score" },
    'column "stars" holds no scores: expected numbers of more than one value, got "a"',
  ],
  [
    "an answer that training rows lack",
    { data: { train: "a.csv", test: "b.csv" } },
    'b.csv:2: not an answer of reviews (column "stars"): expected one of a, b, got "c"',
  ],
  ["a file that is not there", { data: "none.csv" }, "none.csv: no such file or folder"],
])("%s is one line that says what to do", async (_, definition, message) => {
  const directory = directoryOf({
    "a.csv": "review,stars,same\none,a,x\ntwo,b,x\n",
    "b.csv": "review,stars,same\none,c,x\n",
  });
  const run = async () => {
    const { task } = await open({ data: "a.csv", ...definition }, directory);
    return loadTask(tableReader(task));
  };
  const error = await run().then(
    () => new Error("it did not fail"),
    (reason: Error) => reason,
  );
  expect(error.message).toContain(message);
  expect(error.message).not.toContain("\n");
});

test.each([
  [{ name: "a", data: "x.csv", text: "t" }, "label"],
  [{ name: "a b", data: "x.csv", text: "t", label: "l" }, "name: expected letters"],
  [{ name: "a", data: "x.csv", text: "t", label: "l", lables: ["a"] }, "expected one of name, title"],
  [{ name: "a", data: "x.csv", text: "t", label: "l", metrics: ["rmse"] }, "metrics.0"],
  [null, "my.json"],
])("a definition %j is refused", (value, message) => {
  expect(() => parseDefinition(value, "my.json")).toThrow(message);
});

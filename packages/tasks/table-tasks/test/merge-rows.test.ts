import { loadTask, referenceOf } from "@petl/task";
import { expect, test } from "vitest";
import { openTableTask, parseDefinition, type TaskDefinition, tableReader } from "../src/index.js";
import { directoryOf } from "./files.js";

const train = "place,note,said\nKiln,a,one\nKiln,a,two\nOast,b,three\nOast,b,four\n";
// Kiln with another note is another example, a text that comes twice is one, and a row without an answer is dropped
const scored = "place,note,said\nKiln,a,one\nOast,b,three\nKiln,a,two\nKiln,c,one\nKiln,a,one\nOast,b,\nOast,b,four\n";
const many = Array.from({ length: 120 }, (_, row) => `place ${row % 40},a,text ${row}\n`).join("");

function open(definition: Partial<TaskDefinition>) {
  const directory = directoryOf({ "train.csv": train, "test.csv": scored, "many.csv": `place,note,said\n${many}` });
  const data = { train: "train.csv", test: "test.csv" };
  const full = { name: "notes", data, text: ["place", "note"], label: "said", kind: "text", mergeRows: true } as const;
  return openTableTask(parseDefinition({ ...full, ...definition }, "test"), { directory });
}

test("test rows with the same texts are one example with all their answers, and training rows stay apart", async () => {
  const { task, notices } = await open({});
  expect(notices).toEqual([
    "notes: test rows with the same texts are one example, and each of their answers is right.",
  ]);
  const { train, evaluations } = await loadTask(tableReader(task));
  expect(train.examples.map(referenceOf)).toEqual([["one"], ["two"], ["three"], ["four"]]);
  const [test] = evaluations;
  expect(test!.examples.map((example) => [example.index, referenceOf(example)])).toEqual([
    [0, ["one", "two"]],
    [1, ["three", "four"]],
    [3, ["one"]],
  ]);
  expect([test!.file.rows, test!.dropped]).toEqual([3, 1]);
});

test("a limit counts examples, which keep all their answers", async () => {
  const { task } = await open({});
  const all = (await loadTask(tableReader(task))).evaluations[0]!.examples;
  const { evaluations, notices } = await loadTask(tableReader(task), { evalLimit: 2 });
  expect(evaluations[0]!.examples).toHaveLength(2);
  for (const example of evaluations[0]!.examples) expect(all).toContainEqual(example);
  expect(notices).toContain("notes test is limited to a fixed sample of 2 of 3 rows.");
});

test("without it each row is an example", async () => {
  const { task } = await open({ mergeRows: false });
  const { evaluations } = await loadTask(tableReader(task));
  expect(evaluations[0]!.examples.map(referenceOf)).toHaveLength(6);
});

test("rows that are cut from the training rows are merged where the texts are the group", async () => {
  const { task } = await open({ data: "many.csv", group: ["place", "note"] });
  const { train, evaluations } = await loadTask(tableReader(task));
  const placesOf = (examples: typeof train.examples) => new Set(examples.map(({ sentences }) => sentences.place));
  const [trained, tested] = [placesOf(train.examples), placesOf(evaluations[0]!.examples)];
  expect(trained.size + tested.size).toBe(40);
  expect(train.examples).toHaveLength(3 * trained.size);
  expect(evaluations[0]!.examples.map(({ texts }) => texts!.length)).toEqual(Array(tested.size).fill(3));
  expect([...tested].filter((place) => trained.has(place))).toEqual([]);
});

test.each<[string, Partial<TaskDefinition>, string]>([
  ["classes", { kind: "class" }, "task notes: mergeRows: expected answers that are texts, got a class; leave it out"],
  [
    "rows that are cut from the training rows",
    { data: "train.csv" },
    "task notes: mergeRows: expected test rows, got training rows that are cut, so the same texts could be on both sides; name test rows, or the text columns as group",
  ],
])("%s are refused in one line", async (_, definition, message) => {
  await expect(open(definition)).rejects.toMatchObject({ code: "E_TASK_DEFINITION", message });
});

import { type Example, loadTask } from "@petl/task";
import { expect, test } from "vitest";
import { openTableTask, parseDefinition, type TaskDefinition, tableReader } from "../src/index.js";
import { directoryOf } from "./files.js";

type Cells = Readonly<Record<string, unknown>>;

/** Options of questions as JSON lines; the rows of a question lie apart. */
const options = (count: number, questions: number): Cells[] =>
  Array.from({ length: count }, (_, row) => ({
    option: `option ${row}`,
    right: row % 3 === 0 ? 1 : 0,
    idx: { text: (row % questions) % 2, question: row % questions },
  }));

async function open(definition: Partial<TaskDefinition>, files: Readonly<Record<string, readonly Cells[]>>) {
  const written = Object.entries(files).map(([name, rows]) => [
    `${name}.jsonl`,
    rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
  ]);
  const directory = directoryOf(Object.fromEntries(written));
  const data = { train: "train.jsonl", ...(files.test && { test: "test.jsonl" }) };
  const full = { name: "options", data, text: "option", label: "right", group: ["idx.text", "idx.question"] };
  const parsed = parseDefinition({ ...full, metrics: ["f1", "group_exact_match"], ...definition }, "test");
  return (await openTableTask(parsed, { directory })).task;
}

const groupsIn = (examples: readonly Example[]): Set<string | undefined> => new Set(examples.map(({ group }) => group));
const lineOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => new Error("it did not fail"),
    (reason: Error) => reason,
  );
  expect(error.message).not.toContain("\n");
  return error.message;
};

test("rows with the same values in all columns of the group are one", async () => {
  const task = await open({}, { train: options(6, 2), test: options(6, 3) });
  const { train, evaluations } = await loadTask(tableReader(task));
  expect(train.examples.map(({ group }) => group)).toEqual(
    [0, 1, 0, 1, 0, 1].map((value) => `["${value}","${value}"]`),
  );
  expect(groupsIn(evaluations[0]!.examples).size).toBe(3);
});

test("a limit keeps whole groups", async () => {
  const task = await open({}, { train: options(600, 100), test: options(600, 100) });
  const { train, evaluations } = await loadTask(tableReader(task), { limit: 100, evalLimit: 20 });
  expect([train, evaluations[0]!].map(({ examples }) => [examples.length, groupsIn(examples).size])).toEqual([
    [96, 16],
    [18, 3],
  ]);
});

test("without test rows a group is in the one split or in the other", async () => {
  const task = await open({}, { train: options(600, 100) });
  const { train, evaluations } = await loadTask(tableReader(task));
  const [trained, tested] = [train, evaluations[0]!].map(({ examples }) => groupsIn(examples));
  expect(trained!.size + tested!.size).toBe(100);
  expect(new Set([...trained!, ...tested!]).size).toBe(100);
  expect(tested!.size).toBeGreaterThan(5);
  expect(tested!.size).toBeLessThan(45);
});

test("the metric without groups, a column that is not there and a row without a group are one line each", async () => {
  expect(await lineOf(open({ group: undefined }, { train: options(6, 2) }))).toBe(
    "task options: group: expected the columns that name a row's group, which group_exact_match counts, got none; " +
      "name them or leave out the metric",
  );
  expect(await lineOf(open({ group: "ixd" }, { train: options(6, 2) }))).toMatch(
    /train\.jsonl: no column "ixd" for options: .* did you mean "idx"\?$/,
  );
  const task = await open({}, { train: [...options(6, 2), { option: "x", right: 1, idx: { text: 1 } }] });
  expect(await lineOf(loadTask(tableReader(task)))).toMatch(
    /train\.jsonl:7: no group of options \(column "idx\.question"\): expected a value in every row, as rows are scored by group, got none$/,
  );
});

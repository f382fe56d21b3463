import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ax, mnli, qqp } from "../../src/tasks/index.js";
import { directoryOf, loadTask, taskError } from "../files.js";

const mnliRows = [
  ["sentence1", "sentence2", "gold_label"],
  ["p", "h", "neutral"],
  ["p", "h", "entailment"],
];

test("MNLI without mismatched says that only matched is scored", async () => {
  const directory = directoryOf({ "MNLI/train.tsv": mnliRows, "MNLI/dev_matched.tsv": mnliRows });
  const { train, evaluations, notices } = await loadTask(directory, mnli, { limit: 1 });
  expect(train.examples).toHaveLength(1);
  expect(evaluations.map(({ name }) => name)).toEqual(["dev_matched"]);
  expect(notices).toEqual([
    "MNLI train is a subset: 2 of the official 392,702 rows.",
    "MNLI train is limited to a fixed sample of 1 of 2 rows.",
    "MNLI dev_matched is a subset: 2 of the official 9,815 rows.",
    "MNLI: dev_mismatched is absent, so only dev_matched is scored.",
  ]);
});

test("MNLI with both sets has two evaluations", async () => {
  const directory = directoryOf({
    "MNLI/train.tsv": mnliRows,
    "MNLI/dev_matched.tsv": mnliRows,
    "MNLI/dev_mismatched.tsv": mnliRows,
  });
  const { evaluations } = await loadTask(directory, mnli, { evalLimit: 1 });
  expect(evaluations.map(({ name, examples }) => [name, examples.length])).toEqual([
    ["dev_matched", 1],
    ["dev_mismatched", 1],
  ]);
});

test("dropped rows are announced", async () => {
  const rows = [["question1", "question2", "is_duplicate"], ["a", "b", "1"], ["broken"]];
  const { notices } = await loadTask(directoryOf({ "QQP/train.tsv": rows, "QQP/dev.tsv": rows }), qqp);
  expect(notices).toContain("QQP train: 1 rows with a missing field were dropped.");
});

test("AX has nothing to train on", async () => {
  expect((await taskError(() => loadTask(".", ax))).code).toBe("E_TASK_SPLIT");
});

test("data that say of themselves that they are not GLUE carry that notice, and are no subset of anything", async () => {
  const directory = directoryOf({ "MNLI/train.tsv": mnliRows, "MNLI/dev_matched.tsv": mnliRows });
  writeFileSync(join(directory, "dataset.json"), '{ "source": "sample", "notice": "not GLUE" }');
  const { source, notices, train } = await loadTask(directory, mnli);
  expect([source, train.file.officialRows]).toEqual(["sample", null]);
  expect(notices).toEqual(["not GLUE", "MNLI: dev_mismatched is absent, so only dev_matched is scored."]);
});

test.each(["", "{}", "null", '{ "source": "glue", "notice": "" }'])(
  "a dataset.json of %j is refused, not taken for GLUE",
  async (text) => {
    const directory = directoryOf({ "MNLI/train.tsv": mnliRows, "MNLI/dev_matched.tsv": mnliRows });
    writeFileSync(join(directory, "dataset.json"), text);
    expect((await taskError(() => loadTask(directory, mnli))).code).toBe("E_TASK_DATA");
  },
);

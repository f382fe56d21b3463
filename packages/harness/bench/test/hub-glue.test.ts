import { findTask } from "@petl/glue";
import { openTableTask, parseDefinition, tableReader } from "@petl/table-tasks";
import { lmEval, loadTask, referenceOf, roundedScore, t5 } from "@petl/task";
import { describe, expect, test } from "vitest";
import superglue from "../../../tasks/tasks-superglue/src/index.js";
import text from "../../../tasks/tasks-text/src/index.js";
import { hubGlueTask } from "../src/resolve/hub-glue.js";
import { commit, hubOf, written } from "./hub-data.js";

const glue = "nyu-mll/glue";
const labelsOf = (config: string, split: string) => written[glue]![config]![split]!.map(({ label }) => label);

/** A published task with the hub's rows. */
async function published(name: string, hub: Parameters<typeof hubGlueTask>[2]) {
  const definition = [...superglue.tasks, ...text.tasks].find((task) => task.name === name);
  return openTableTask(parseDefinition(definition, name), { directory: ".", hub });
}

async function lineOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error("it did not fail"),
    (reason: Error) => reason,
  );
  expect(error.message).not.toContain("\n");
  return error.message;
}

describe("GLUE from the hub", () => {
  test("RTE: the converted files are listed and read, and the notice has the commit", async () => {
    const { hub, requests } = await hubOf(glue);
    const { task, notices } = await hubGlueTask(findTask("rte"), undefined, hub);
    expect(notices).toEqual([`RTE: the rows are those of ${glue} at commit ${commit}.`]);
    const { train, evaluations } = await loadTask(tableReader(task));
    expect(train.examples.map(({ label }) => label)).toEqual(labelsOf("rte", "train"));
    expect(evaluations.map(({ name }) => name)).toEqual(["dev"]);
    expect(evaluations[0]!.examples.map(({ label }) => label)).toEqual(labelsOf("rte", "validation"));
    expect(t5.source(task, train.examples[0]!)).toBe(
      "rte sentence1: Rain fell on the harbour all day. sentence2: It rained.",
    );
    expect([t5.target(task, train.examples[1]!), lmEval.target(task, train.examples[1]!)]).toEqual([
      "not_entailment",
      " False",
    ]);
    expect(requests.some(({ path }) => path === `/api/datasets/${glue}/parquet`)).toBe(true);
    expect(requests.filter(({ path }) => path.includes("/resolve/")).every(({ path }) => path.includes("/rte/"))).toBe(
      true,
    );
  });

  test("STS-B: scores of single precision, with the targets of the official files", async () => {
    const { hub } = await hubOf(glue);
    const { task } = await hubGlueTask(findTask("stsb"), undefined, hub);
    const { train } = await loadTask(tableReader(task));
    expect(train.examples.map(({ label }) => label)).toEqual(
      labelsOf("stsb", "train").map((label) => Math.fround(label as number)),
    );
    expect(task).toMatchObject({ metrics: ["pearson", "spearman"], target: { kind: "score", step: 0.2 } });
    expect(train.examples.map((example) => t5.target(task, example))).toEqual(["3.6", "0.0", "5.0", "2.4"]);
    const official = written[glue]!.stsb!.train!.map(({ label }) => roundedScore(label as number, 0.2));
    expect(official).toEqual(["3.6", "0.0", "5.0", "2.4"]);
  });

  test("MNLI: both validation splits, in the classes' order", async () => {
    const { hub } = await hubOf(glue);
    const { task } = await hubGlueTask(findTask("mnli"), undefined, hub);
    const { evaluations } = await loadTask(tableReader(task));
    expect(evaluations.map(({ name, examples }) => [name, examples.map(({ label }) => label)])).toEqual([
      ["dev_matched", labelsOf("mnli", "validation_matched")],
      ["dev_mismatched", labelsOf("mnli", "validation_mismatched")],
    ]);
    expect(t5.target(task, evaluations[1]!.examples[0]!)).toBe("contradiction");
  });

  test("what cannot be read is one line", async () => {
    const gated = await hubOf(glue, { status: 401 });
    expect(await lineOf(hubGlueTask(findTask("rte"), undefined, gated.hub))).toMatch(
      new RegExp(`^${gated.hubUrl}/datasets/${glue}: expected permission to read .*, got HTTP 401; .*set HF_TOKEN`),
    );
    const { hub } = await hubOf(glue);
    expect(await lineOf(hubGlueTask(findTask("cola"), undefined, hub))).toMatch(
      /^hf:nyu-mll\/glue: expected one of its configurations \(mnli, rte, stsb\), got "cola"; name one/,
    );
    expect(await lineOf(hubGlueTask(findTask("ax"), undefined, hub))).toBe("AX has no training data");
  });
});

describe("published tasks from the hub", () => {
  test("BoolQ's classes, and what is not used", async () => {
    const { hub } = await hubOf("aps/super_glue");
    const { task, notices } = await published("boolq", hub);
    expect(notices).toEqual([
      `boolq: the rows are those of aps/super_glue, boolq, at commit ${commit}.`,
      "boolq: not used: test. What chooses settings is held out of the training rows.",
    ]);
    const { train, evaluations } = await loadTask(tableReader(task));
    expect([train, evaluations[0]!].map(({ examples }) => examples.map(referenceOf))).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  test.each([
    ["aps/super_glue", "record", ["Ruth Lind", "Lind"]],
    ["rajpurkar/squad", "squad", ["Jon Aske", "Jon Aske, a miller"]],
  ])("of %s, %s: a list of texts that are right", async (name, task, references) => {
    const { hub } = await hubOf(name);
    const { train } = await loadTask(tableReader((await published(task, hub)).task));
    expect(train.examples.map(referenceOf)).toEqual([references]);
  });

  test("what cannot be read is one line", async () => {
    const gated = await hubOf("rajpurkar/squad", { status: 401 });
    expect(await lineOf(published("squad", gated.hub))).toMatch(/got HTTP 401; .*set HF_TOKEN/);
    const { hub } = await hubOf("aps/super_glue");
    expect(await lineOf(published("wsc", hub))).toMatch(
      /^hf:aps\/super_glue: expected one of its configurations \(boolq, record\), got "wsc.fixed"; name one/,
    );
  });
});

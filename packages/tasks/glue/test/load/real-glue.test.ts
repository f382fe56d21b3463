import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { roundedScore } from "@petl/task";
import { expect, test } from "vitest";
import { loadSplit } from "../../src/load/split.js";
import { findTask, mnli, mrpc, qqp, rte, stsb } from "../../src/tasks/index.js";
import { loadTask, temporaryDirectory } from "../files.js";
import { describeRealGlue, glueFixtures, realGlue } from "../glue-data.js";

describeRealGlue("real GLUE files", () => {
  test.for([
    ["cola", 8551, 1043],
    ["sst2", 67349, 872],
    ["mrpc", 3668, 408],
    ["stsb", 5749, 1500],
    ["rte", 2490, 277],
    ["wnli", 635, 71],
    ["qnli", 11803, 5463],
    ["mnli", 12925, 9815],
    ["qqp", 11948, 7599],
  ] as const)("%s has %i training and %i development rows, none dropped", async ([name, train, dev]) => {
    const loaded = await loadTask(realGlue, findTask(name));
    const splits = [loaded.train, ...loaded.evaluations];
    expect(splits.map(({ examples }) => examples.length)).toEqual([train, dev]);
    expect(splits.map(({ dropped }) => dropped)).toEqual([0, 0]);
    const isSubset = ["qnli", "mnli", "qqp"].includes(name);
    expect(loaded.notices.some((notice) => notice.includes("is a subset"))).toBe(isSubset);
    for (const { examples } of splits) {
      const labels = new Set(examples.map(({ label }) => label));
      if (loaded.task.target.kind === "class") expect(labels.size).toBe(loaded.task.target.labels.length);
      expect(examples.every(({ sentences }) => Object.values(sentences).every((text) => text !== ""))).toBe(true);
    }
  });

  test.for(["cola", "rte", "wnli", "qnli"])("%s's test file has the official rows and no labels", async (name) => {
    const { examples, file } = await loadSplit(realGlue, findTask(name), "test");
    expect(examples).toHaveLength(file.officialRows ?? -1);
    expect(examples.every(({ label }) => label === undefined)).toBe(true);
  });

  test("RTE's first row is read as Hugging Face reads it", async () => {
    const [first] = (await loadSplit(realGlue, rte, "train")).examples;
    expect(first?.sentences.sentence1).toMatch(/^No Weapons of Mass Destruction/);
    expect(first?.label).toBe(1);
  });

  test("the official column layouts of QQP and MNLI are read", async () => {
    const directory = temporaryDirectory();
    for (const [source, folder, name] of [
      ["QQP-official-columns.tsv", "QQP", "train.tsv"],
      ["MNLI-official-columns.tsv", "MNLI", "train.tsv"],
    ] as const) {
      mkdirSync(join(directory, folder), { recursive: true });
      copyFileSync(join(glueFixtures, source), join(directory, folder, name));
    }
    const questions = (await loadSplit(directory, qqp, "train")).examples;
    expect([0, 1].map((label) => questions.filter((each) => each.label === label).length)).toEqual([16, 16]);
    const premises = (await loadSplit(directory, mnli, "train")).examples;
    expect([0, 1, 2].map((label) => premises.filter((each) => each.label === label).length)).toEqual([16, 16, 16]);
    expect(premises.every(({ sentences }) => !sentences.premise?.startsWith("("))).toBe(true);
  });

  test("MRPC out of SentEval's files agrees with the ready-made files", async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "MRPC"));
    copyFileSync(join(glueFixtures, "msr_paraphrase_head.txt"), join(directory, "MRPC", "msr_paraphrase_train.txt"));
    copyFileSync(join(glueFixtures, "mrpc_dev_ids.tsv"), join(directory, "MRPC", "mrpc_dev_ids.tsv"));
    for (const name of ["train", "dev"] as const) {
      const built = (await loadSplit(directory, mrpc, name)).examples;
      const ready = (await loadSplit(realGlue, mrpc, name)).examples;
      expect(built.length).toBeGreaterThan(0);
      expect(built).toEqual(ready.slice(0, built.length));
    }
  });

  // NumPy 2.4.6: collections.Counter("%.1f" % v for v in np.round(scores * 5) / 5), over the whole train.tsv.
  const numpyCounts = {
    "0.0": 368, "0.2": 86, "0.4": 161, "0.6": 115, "0.8": 160, "1.0": 213, "1.2": 157, "1.4": 165, "1.6": 174,
    "1.8": 174, "2.0": 194, "2.2": 196, "2.4": 201, "2.6": 170, "2.8": 219, "3.0": 320, "3.2": 326, "3.4": 287,
    "3.6": 301, "3.8": 349, "4.0": 366, "4.2": 247, "4.4": 198, "4.6": 170, "4.8": 164, "5.0": 268,
  }; // biome-ignore format: a table

  test("STS-B's training targets are distributed as NumPy rounds them, and Math.round differs on 91 rows", async () => {
    const scores = (await loadSplit(realGlue, stsb, "train")).examples.map(({ label }) => label!);
    const counts: Record<string, number> = {};
    for (const score of scores) counts[roundedScore(score, 0.2)] = (counts[roundedScore(score, 0.2)] ?? 0) + 1;
    expect(counts).toEqual(numpyCounts);
    const naive = (score: number) => (Math.round(score * 5) / 5).toFixed(1);
    expect(scores.filter((score) => naive(score) !== roundedScore(score, 0.2))).toHaveLength(91);
  });

  test("67,349 rows load in less than 5 seconds", async () => {
    const start = performance.now();
    await loadTask(realGlue, findTask("sst2"));
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

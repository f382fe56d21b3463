import type { RunRecord } from "@petl/results";
import { expect, test } from "vitest";
import {
  type SyntheticMethod,
  syntheticMethods,
  syntheticRecord,
} from "../../packages/harness/report/test/record-factory.js";
import { transferPicture, transferTable } from "../pages/transfer.mjs";

const [full, other] = syntheticMethods as [SyntheticMethod, SyntheticMethod];

/** A run whose last score is `score`. */
function run(method: string, task: string, rows: number, seed: number, isRandom: boolean, score: number): RunRecord {
  const record = syntheticRecord({ ...full, name: method }, { task, seed });
  const last = { ...record.scores!.last, score };
  return {
    ...record,
    scores: { ...record.scores!, last },
    data: { ...record.data!, trainExamples: rows },
    backboneSource: { ...record.backboneSource!, kind: isRandom ? "random" : "package" } as RunRecord["backboneSource"],
  };
}

const records = [
  ...[80, 82, 84].map((score, seed) => run("full", "sst2", 2000, seed, false, score)),
  ...[70, 72, 74].map((score, seed) => run("full", "sst2", 2000, seed, true, score)),
  run("full", "sst2", 500, 0, false, 61.04),
  run("full", "sst2", 500, 0, true, -0.04),
  run(other.name, "cola", 500, 0, false, 5),
  run(other.name, "cola", 500, 0, true, 2),
];

test("a cell has both means with their deviations, and how many pooled deviations lie between them", () => {
  expect(transferTable(records).split("\n")).toEqual([
    `| task | rows | epochs | seeds, at most | full | ${other.name} |`,
    "|---|---:|---:|---:|---:|---:|",
    "| cola | 500 | 4 | 1 | - | 5.0 / 2.0 |",
    "| sst2 | 500 | 4 | 1 | 61.0 / 0.0 | - |",
    "| sst2 | 2,000 | 4 | 3 | 82.0 ± 2.0 / 72.0 ± 2.0 (5.0) | - |",
  ]);
});

test("backbones with different numbers of seeds are not compared", () => {
  expect(() => transferTable(records.slice(1))).toThrow(
    "full on sst2 with 2000 rows: expected as many seeds of both backbones, got 2 and 3",
  );
});

test("the picture has a panel for each task", () => {
  const svg = transferPicture(records);
  expect(svg).toContain("<title>cola; sst2</title>");
  for (const label of ["full, pre-trained", "full, random"]) expect(svg).toContain(label);
});

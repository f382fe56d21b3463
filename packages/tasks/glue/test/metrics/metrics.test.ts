import { readFileSync } from "node:fs";
import { accuracy, f1, matthews, pearson, spearman } from "@petl/metrics";
import { score, scoreTask } from "@petl/task";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cola, mnli, mrpc, stsb } from "../../src/tasks/index.js";
import { taskError } from "../files.js";

interface Case {
  readonly name: string;
  readonly predictions: (number | null)[];
  readonly references: number[];
  readonly values: Record<string, number | null>;
}

const fixture: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("../fixtures/metrics.json", import.meta.url), "utf8"),
);

const functions: Record<string, (predictions: (number | undefined)[], references: number[]) => number> = {
  accuracy,
  f1,
  matthews,
  pearson: (predictions, references) =>
    pearson(
      predictions.map((each) => each ?? -1),
      references,
    ),
  spearman: (predictions, references) =>
    spearman(
      predictions.map((each) => each ?? -1),
      references,
    ),
};

describe("metrics agree with scikit-learn and SciPy to 1e-12, and are 0 where those give NaN", () => {
  test.for(fixture.cases)("$name", ({ predictions, references, values }) => {
    for (const [metric, value] of Object.entries(values)) {
      const ours = functions[metric]!(
        predictions.map((each) => each ?? undefined),
        references,
      );
      expect(Math.abs(ours - (value ?? 0)), metric).toBeLessThanOrEqual(1e-12);
    }
  });
});

test("binary Matthews is Pearson's correlation of the two class columns", () => {
  const pairs = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1)), { minLength: 1 });
  fc.assert(
    fc.property(pairs, (rows) => {
      const [predictions, references] = [rows.map(([each]) => each), rows.map(([, each]) => each)];
      expect(matthews(predictions, references)).toBeCloseTo(pearson(predictions, references), 10);
    }),
  );
});

test("a task's score is the mean of its metrics times 100", () => {
  const result = score(mrpc, [1, 1, 0, 1], [1, 0, 0, 1]);
  expect(result.metrics).toEqual({ f1: 0.8, accuracy: 0.75 });
  expect(result.score).toBeCloseTo(77.5, 10);
  expect(result).toMatchObject({ invalid: 0, notices: [] });
});

test("invalid predictions are counted and wrong", () => {
  expect(score(mrpc, [undefined, 1], [0, 1])).toMatchObject({ metrics: { f1: 2 / 3, accuracy: 0.5 }, invalid: 1 });
  expect(score(cola, [undefined, undefined], [0, 1]).score).toBe(0);
  expect(score(stsb, [undefined, 2, 4], [5, 1, 3]).metrics.spearman).toBeCloseTo(-0.5, 12);
});

test("degenerate predictions score 0 and say so", () => {
  expect(score(stsb, [3, 3], [1, 2])).toMatchObject({ score: 0, metrics: { pearson: 0, spearman: 0 } });
  expect(score(stsb, [3, 3], [1, 2]).notices[0]?.message).toContain("undefined");
  expect(score(cola, [1, 1], [1, 0])).toMatchObject({
    score: 0,
    notices: [
      { code: "constant-predictions", message: "all predictions are the same" },
      { code: "undefined-matthews" },
    ],
  });
});

test("N6: one-class references and invalid answers come with a notice", () => {
  const codes = (...[task, predictions, references]: Parameters<typeof score>) =>
    score(task, predictions, references).notices.map(({ code }) => code);
  expect(codes(mrpc, [1, 0], [1, 1])).toEqual(["one-class"]);
  expect(codes(cola, [1, 0], [1, 1])).toEqual(["one-class", "undefined-matthews"]);
  expect(codes(mrpc, [1, undefined], [1, 0])).toEqual(["invalid-answers"]);
  expect(codes(stsb, [1, 2], [3, 3])).toEqual(["undefined-correlation"]);
  expect(codes(stsb, [undefined, undefined], [1, 3])).toEqual(["invalid-answers", "undefined-correlation"]);
});

test("MNLI is the mean of matched and mismatched, and is named MNLI-m where only matched was scored", () => {
  const matched = { name: "dev_matched", predictions: [0, 1], references: [0, 1] } as const;
  const mismatched = { name: "dev_mismatched", predictions: [0, 1], references: [0, 2] } as const;
  expect(scoreTask(mnli, [matched, mismatched])).toMatchObject({
    name: "MNLI",
    metrics: { accuracy_matched: 1, accuracy_mismatched: 0.5 },
    score: 75,
  });
  expect(scoreTask(mnli, [matched])).toMatchObject({ name: "MNLI-m", metrics: { accuracy_matched: 1 }, score: 100 });
  expect(scoreTask(mnli, [mismatched])).toMatchObject({ name: "MNLI-mm", score: 50 });
  expect(scoreTask(cola, [{ ...matched, name: "dev" }])).toMatchObject({ name: "CoLA", metrics: { matthews: 1 } });
});

test("predictions that cannot be scored are refused", async () => {
  for (const [predictions, references] of [
    [[], []],
    [[1], [1, 0]],
    [[Number.NaN], [1]],
  ] as const) {
    expect((await taskError(() => score(cola, predictions, references))).code).toBe("E_TASK_SCORE");
  }
  expect((await taskError(() => scoreTask(cola, []))).code).toBe("E_TASK_SCORE");
});

import { allTasks, findTask } from "@petl/glue";
import type { SplitAnswers } from "@petl/results";
import { type Evaluation, scoreTask, type Task } from "@petl/task";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resamplesFor } from "../../src/statistics/resampled-scores.js";
import { splitScorer } from "../../src/statistics/split-scorer.js";

const macro: Task = { ...findTask("mnli"), title: "macro F1 of three classes", metrics: ["macro_f1", "accuracy"] };
const negative: Task = {
  ...findTask("stsb"),
  title: "scores below zero",
  target: { kind: "score", minimum: -2, maximum: 5, step: 0.2 },
};
const grouped: Task = { ...findTask("mrpc"), title: "options of questions", metrics: ["f1", "group_exact_match"] };
const groupsOnly: Task = { ...grouped, title: "questions alone", metrics: ["group_exact_match"] };
const texts: Task = {
  ...findTask("rte"),
  title: "texts",
  target: { kind: "text" },
  metrics: ["exact_match", "token_f1", "rouge1", "rouge2", "rougeL", "bleu"],
};
const words = fc.array(fc.constantFrom("a", "tea", "for", "Bob", "and", "Ann", "or", "milk", "."), { maxLength: 7 });

/** A split of `task`: references, answers of some runs (null among them), and how often each example is drawn. */
function drawnSplit(task: Task) {
  const value = answersOf(task);
  const run = (length: number) => fc.array(fc.option(value, { freq: 8 }), { minLength: length, maxLength: length });
  return fc.integer({ min: 1, max: 12 }).chain((length) =>
    fc.record({
      references: fc.array(referenceOf(task), { minLength: length, maxLength: length }),
      predictions: fc.array(run(length), { minLength: 1, maxLength: 4 }),
      rows: fc.array(fc.nat(length - 1), { minLength: length, maxLength: length }),
    }),
  );
}

function answersOf({ target }: Task): fc.Arbitrary<number | string> {
  if (target.kind === "text") return words.map((each) => each.join(" "));
  if (target.kind === "class") return fc.nat(target.labels.length - 1);
  return fc.integer({ min: target.minimum * 5, max: target.maximum * 5 }).map((fifths) => fifths / 5);
}

const referenceOf = (task: Task): fc.Arbitrary<number | string[]> =>
  task.target.kind === "text"
    ? fc.array(answersOf(task) as fc.Arbitrary<string>, { minLength: 1, maxLength: 2 })
    : (answersOf(task) as fc.Arbitrary<number>);

/** The same of examples in groups; `drawn` are the groups of a resample. */
const drawnGroups = (task: Task) =>
  drawnSplit(task).chain((split) =>
    fc.array(fc.nat(3), { minLength: split.references.length, maxLength: split.references.length }).chain((groups) => {
      const count = new Set(groups).size;
      return fc.record({
        ...{ split: fc.constant(split), groups: fc.constant(groups) },
        drawn: fc.array(fc.nat(count - 1), { minLength: count, maxLength: count }),
      });
    }),
  );

describe("a resample of groups scores what @petl/task makes of them", () => {
  test.for([grouped, groupsOnly, macro, findTask("stsb"), texts])("$title", (task) => {
    const property = fc.property(drawnGroups(task), ({ split: { references, predictions }, groups, drawn }) => {
      const runs = predictions.map((each): SplitAnswers => ({ split: "dev", references, predictions: each, groups }));
      const { unitOf, units, resample } = splitScorer(task, runs);
      expect(unitOf).toHaveLength(new Set(groups).size);
      const counts = new Int32Array(units);
      for (const group of drawn) counts[unitOf[group]!]! += 1;
      const score = resample(counts);
      const names = [...new Set(groups)];
      const rows = drawn.map((group) => [...groups.keys()].filter((row) => groups[row] === names[group]));
      for (const [index, run] of predictions.entries()) {
        const drawnAgain: Evaluation = {
          name: task.evaluations[0]!,
          references: rows.flat().map((row) => references[row]!),
          predictions: rows.flat().map((row) => run[row] ?? undefined),
          groups: rows.flatMap((group, copy) => group.map(() => copy)),
        };
        expect(score(index)).toBeCloseTo(scoreTask(task, [drawnAgain]).score, 9);
      }
    });
    fc.assert(property, { seed: 23, numRuns: 300 });
  });
});

describe("a resample's scores are what @petl/task makes of its examples", () => {
  test.for([...allTasks, macro, negative, texts])("$title", (task) => {
    const property = fc.property(drawnSplit(task), ({ references, predictions, rows }) => {
      const runs = predictions.map((each): SplitAnswers => ({ split: "dev", references, predictions: each }));
      const { unitOf, units, resample } = splitScorer(task, runs);
      const counts = new Int32Array(units);
      for (const row of rows) counts[unitOf[row]!]! += 1;
      const score = resample(counts);
      for (const [index, run] of predictions.entries()) {
        const drawnAgain: Evaluation = {
          name: task.evaluations[0]!,
          references: rows.map((row) => references[row]!),
          predictions: rows.map((row) => run[row] ?? undefined),
        };
        expect(score(index)).toBeCloseTo(scoreTask(task, [drawnAgain]).score, 9);
      }
    });
    fc.assert(property, { seed: 19, numRuns: 300 });
  });
});

test.for([
  [1, 2000],
  [500, 2000],
  [501, 1996],
  [1000, 1000],
  [2000, 500],
  [100_000, 500],
] as const)("of %i runs %i resamples are drawn", ([runs, resamples]) => {
  expect(resamplesFor(runs)).toBe(resamples);
});

import { allTasks } from "@petl/glue";
import type { SplitAnswers } from "@petl/results";
import { type Evaluation, scoreTask, type Task } from "@petl/task";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitScorer } from "../../src/statistics/split-scorer.js";

/** A split of `task`: references, answers of some runs (null among them), and how often each example is drawn. */
function drawnSplit(task: Task) {
  const { target } = task;
  const value =
    target.kind === "class"
      ? fc.nat(target.labels.length - 1)
      : fc.integer({ min: 0, max: 25 }).map((fifths) => fifths / 5);
  const run = (length: number) => fc.array(fc.option(value, { freq: 8 }), { minLength: length, maxLength: length });
  return fc.integer({ min: 1, max: 12 }).chain((length) =>
    fc.record({
      references: fc.array(value, { minLength: length, maxLength: length }),
      predictions: fc.array(run(length), { minLength: 1, maxLength: 4 }),
      rows: fc.array(fc.nat(length - 1), { minLength: length, maxLength: length }),
    }),
  );
}

describe("a resample's scores are what @petl/glue makes of its examples", () => {
  test.for(allTasks)("$title", (task) => {
    const property = fc.property(drawnSplit(task), ({ references, predictions, rows }) => {
      const runs = predictions.map((each): SplitAnswers => ({ split: "dev", references, predictions: each }));
      const { unitOf, units, score } = splitScorer(task, runs);
      const counts = new Int32Array(units);
      for (const row of rows) counts[unitOf[row]!]! += 1;
      const scores = new Float64Array(runs.length);
      score(counts, scores);
      for (const [index, run] of predictions.entries()) {
        const resample: Evaluation = {
          name: task.evaluations[0]!,
          references: rows.map((row) => references[row]!),
          predictions: rows.map((row) => run[row] ?? undefined),
        };
        expect(scores[index]).toBeCloseTo(scoreTask(task, [resample]).score, 9);
      }
    });
    fc.assert(property, { seed: 19, numRuns: 300 });
  });
});

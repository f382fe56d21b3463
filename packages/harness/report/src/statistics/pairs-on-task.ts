import type { SplitAnswers } from "@petl/results";
import { metricTable, rowsByGroup, type ScoredTask } from "@petl/task";
import { mean, sampleVariance } from "simple-statistics";
import { type ArmEstimate, armEstimate } from "./arm-estimate.js";
import { checkPaired } from "./check-paired.js";
import type { CompareOptions, TaskAnswers } from "./comparison.js";
import type { PairEstimate } from "./pair-estimate.js";
import { resampledScores } from "./resampled-scores.js";

/** All pairs of arms on one task, in the order of the arms. @throws {Error} where they are not on the same examples. */
export function pairsOnTask(answers: TaskAnswers, options: CompareOptions): PairEstimate[] {
  if (answers.arms.length < 2) return [];
  checkPaired(answers);
  const { task } = answers;
  const resampled = resampledScores(
    task,
    answers.arms.flatMap((arm) => arm.seeds),
    options,
  );
  const arms = answers.arms.map((arm) => armEstimate(task, arm, resampled.splice(0, arm.seeds.length)));
  const units = unitsOf(answers.arms[0]!.seeds[0]!);
  return arms.flatMap((first, index) =>
    arms.slice(index + 1).map((second) => pairEstimate(task, units, first, second)),
  );
}

function pairEstimate(task: ScoredTask, units: Units, first: ArmEstimate, second: ArmEstimate): PairEstimate {
  const degrees = Math.max(1, units.length - 1);
  const resampled = first.resampled.map((score, resample) => score - second.resampled[resample]!);
  const unbiased = units.length / degrees;
  const ofTheseModels = unbiased * sampleVariance([...resampled]);
  const repeated = [first, second].filter(({ scores }) => scores.length > 1);
  const own = repeated.reduce((sum, { ownVariance, scores }) => sum + (unbiased * ownVariance) / scores.length, 0);
  return {
    first: first.arm,
    second: second.arm,
    points: mean([...first.scores]) - mean([...second.scores]),
    variance: [
      { variance: Math.max(0, ofTheseModels - own), degrees },
      ...repeated.map(({ seedVariance, scores: { length } }) => ({
        variance: seedVariance / length,
        degrees: length - 1,
      })),
    ],
    exampleVariance: [{ variance: ofTheseModels, degrees }],
    answeredApart: answeredApart(units, first, second),
    most: task.metrics.every((name) => metricTable[name].lowest === 0) ? 100 : 200,
    seeds: Math.min(first.scores.length, second.scores.length),
  };
}

/** Examples, or groups of them, that not all runs of both arms answered alike. */
function answeredApart(units: Units, { agreed }: ArmEstimate, other: ArmEstimate): number {
  const isApart = (example: number): boolean =>
    agreed[example] === undefined || agreed[example] !== other.agreed[example];
  return units.filter((unit) => unit.some(isApart)).length;
}

/** What is independent of each other: the examples of all splits, each alone or with its group. */
type Units = readonly (readonly number[])[];

function unitsOf(splits: readonly SplitAnswers[]): Units {
  let before = 0;
  return splits.flatMap(({ references, groups }) => {
    const from = before;
    before += references.length;
    return rowsByGroup(groups ?? [...references.keys()]).map((rows) => rows.map((row) => from + row));
  });
}

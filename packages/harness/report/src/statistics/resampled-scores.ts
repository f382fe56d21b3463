import type { SplitAnswers } from "@petl/results";
import type { ScoredTask } from "@petl/task";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import type { CompareOptions } from "./comparison.js";
import type { Scorer } from "./scorer.js";
import { splitScorer } from "./split-scorer.js";

export const usualResamples = 2000;
const fewestResamples = 500;
/** Of runs and resamples; more would take minutes. */
const mostScores = 1_000_000;

/**
 * How many resamples to draw for so many runs: fewer where there are more than 500. The standard error of a difference is then known
 * to within `1 / sqrt(2 resamples)` of itself, 3 % where 500 are left, and 2 % as a rule.
 */
export function resamplesFor(runs: number): number {
  return Math.max(fewestResamples, Math.min(usualResamples, Math.floor(mostScores / runs)));
}

/**
 * The task's score, 0 to 100, of each run in each resample: (run, resample). A resample draws each split's examples with replacement, as
 * many as there are, the same for all runs; of examples in groups, whole groups.
 *
 * Efron and Tibshirani 1993, chapter 6; for groups Davison and Hinkley 1997, section 3.8.
 */
export function resampledScores(
  task: ScoredTask,
  runs: readonly (readonly SplitAnswers[])[],
  { resamples = usualResamples, seed = 0 }: CompareOptions,
): Float64Array[] {
  const random = xoroshiro128plus(seed);
  const scores = runs.map(() => new Float64Array(resamples));
  const splits = runs[0]!.length;
  for (let split = 0; split < splits; split++) {
    const scorer = splitScorer(
      task,
      runs.map((run) => run[split]!),
    );
    addScores(scorer, random, splits, scores);
  }
  return scores;
}

/** Resamples that are drawn together: a run's answers are then read once for all of them. */
const together = 16;

/** Adds this split's part of the mean over splits. */
function addScores(scorer: Scorer, random: RandomGenerator, splits: number, scores: readonly Float64Array[]): void {
  const resamples = scores[0]!.length;
  for (let from = 0; from < resamples; from += together) {
    const drawn = Array.from({ length: Math.min(together, resamples - from) }, () =>
      scorer.resample(drawUnits(scorer, random)),
    );
    for (const [run, own] of scores.entries())
      for (let place = 0; place < drawn.length; place++) own[from + place]! += drawn[place]!(run) / splits;
  }
}

/** As many of the examples, or groups, as there are, with replacement, counted by unit. */
function drawUnits({ unitOf, units }: Scorer, random: RandomGenerator): Int32Array {
  const counts = new Int32Array(units);
  const perNumber = unitOf.length / 2 ** 32;
  for (let draw = 0; draw < unitOf.length; draw++) {
    const drawn = Math.floor((random.next() >>> 0) * perNumber);
    counts[unitOf[drawn]!]! += 1;
  }
  return counts;
}

import type { SplitAnswers } from "@petl/results";
import type { ScoredTask } from "@petl/task";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import type { CompareOptions } from "./comparison.js";
import type { Scorer } from "./scorer.js";
import { splitScorer } from "./split-scorer.js";

/**
 * The task's score, 0 to 100, of each run in each resample: (run, resample). A resample draws each split's examples with replacement, as
 * many as there are, the same for all runs; of examples in groups, whole groups.
 *
 * Efron and Tibshirani 1993, chapter 6; for groups Davison and Hinkley 1997, section 3.8.
 */
export function resampledScores(
  task: ScoredTask,
  runs: readonly (readonly SplitAnswers[])[],
  { resamples = 2000, seed = 0 }: CompareOptions,
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

/** Adds this split's part of the mean over splits. */
function addScores(scorer: Scorer, random: RandomGenerator, splits: number, scores: readonly Float64Array[]): void {
  const counts = new Int32Array(scorer.units);
  const own = new Float64Array(scores.length);
  for (let resample = 0; resample < scores[0]!.length; resample++) {
    drawUnits(scorer.unitOf, random, counts);
    scorer.score(counts, own);
    for (const [run, score] of own.entries()) scores[run]![resample]! += score / splits;
  }
}

/** As many of the examples, or groups, as there are, with replacement, counted by unit. */
function drawUnits(unitOf: Int32Array, random: RandomGenerator, counts: Int32Array): void {
  counts.fill(0);
  const perNumber = unitOf.length / 2 ** 32;
  for (let draw = 0; draw < unitOf.length; draw++) {
    const drawn = Math.floor((random.next() >>> 0) * perNumber);
    counts[unitOf[drawn]!]! += 1;
  }
}

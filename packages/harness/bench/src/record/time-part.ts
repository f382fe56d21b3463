import { quantile, sorted, type Window } from "@petl/meter";
import type { RunRecord } from "@petl/results";
import type { Observation } from "./observation.js";

/** First steps whose times are left out: 5, but never more than a quarter of all. */
const warmupSteps = 5;

/**
 * Times of a run, over all its processes; null where no window was begun. `spawnedAtS` is when the last was started, `processorS`
 * what the run took of the processors while it trained.
 */
export function timePart(
  observation: Observation,
  spawnedAtS: number,
  processorS: number | null = null,
): RunRecord["time"] {
  const { steps, windows, firstWindowS } = observation;
  if (!observation.hasBegun) return null;
  const excluded = Math.min(warmupSteps, Math.floor(steps.length / 4));
  const timed = steps.slice(excluded);
  const stepTimes = sorted(timed.map(({ wallTimeS }) => wallTimeS));
  const quantileOf = (values: readonly number[], share: number): number =>
    values.length === 0 ? 0 : quantile(values, share);
  const median = (axis: 0 | 1 | 2): number =>
    Math.round(quantileOf(sorted(timed.map(({ shape }) => shape[axis])), 0.5));
  const trainTimeS = totalS(windows.training);
  const tokens = steps.reduce((sum, step) => sum + step.tokens, 0);
  return {
    trainTimeS,
    evalTimeS: totalS(windows.evaluation),
    stepMedianS: quantileOf(stepTimes, 0.5),
    stepP10S: quantileOf(stepTimes, 0.1),
    stepP90S: quantileOf(stepTimes, 0.9),
    medianBatch: { examples: median(0), sourceTokens: median(1), targetTokens: median(2) },
    warmupStepsExcluded: excluded,
    steps: steps.length,
    tokens,
    paddedTokens: steps.reduce((sum, step) => sum + step.paddedTokens, 0),
    tokensPerS: trainTimeS > 0 ? tokens / trainTimeS : 0,
    setupTimeS: firstWindowS === null ? null : firstWindowS - spawnedAtS,
    processorS,
  };
}

/** Sum of the windows' lengths, in seconds. */
export function totalS(windows: readonly Window[]): number {
  return windows.reduce((sum, { fromS, toS }) => sum + toS - fromS, 0);
}

import { type ChosenSettings, isSettled, type RunRecord, type Trial } from "@petl/results";
import { type RankedTrial, rankTrials, worthOf } from "./rank-trials.js";
import type { Rung } from "./rungs.js";

/** The trials of one method on one task. */
export interface Search<Run> {
  /** Learning rates, ascending; trial `n` has the n-th. */
  readonly rates: readonly number[];
  readonly rungs: readonly Rung[];
  /** The run of a trial, which is the `place`-th of its rung. */
  plan(trial: Trial, rung: Rung, place: number): Run;
  recordOf(run: Run): RunRecord | undefined;
}

/** How far a search has come. */
export interface SearchState<Run> {
  /** The trials that are known, in the order in which they run. */
  readonly trials: readonly Run[];
  /** What it chose; null where it is not over, or every trial diverged. */
  readonly chosen: ChosenSettings | null;
}

/** Follows a search through its rungs, as far as the records of its trials go. */
export function followSearch<Run>({ rates, rungs, plan, recordOf }: Search<Run>): SearchState<Run> {
  const trials: Run[] = [];
  let alive = rates.map((_, index) => index + 1);
  let best: RankedTrial | undefined;
  for (const [index, rung] of rungs.entries()) {
    alive = alive.slice(0, rung.trials).sort((a, b) => a - b);
    const runs = alive.map((number, place) =>
      plan({ number, of: rates.length, rung: index + 1, rungs: rungs.length }, rung, place),
    );
    trials.push(...runs);
    const records = runs.map(recordOf);
    if (!records.every((record) => record !== undefined && isSettled(record))) return { trials, chosen: null };
    const ranked = rankTrials(
      alive.map((number, place) => ({ number, ...worthOf(records[place]!) })),
      rates.length,
    );
    alive = ranked.map(({ number }) => number);
    best = ranked[0];
  }
  if (best === undefined || best.score === Number.NEGATIVE_INFINITY) return { trials, chosen: null };
  const { number, score } = best;
  const edge = number === 1 ? "lowest" : number === rates.length ? "highest" : null;
  const chosen = { trial: number, of: rates.length, learningRate: rates[number - 1]!, validationScore: score, edge };
  return { trials, chosen: { ...chosen, edge: rates.length === 1 ? null : edge } };
}

import type { MetricName } from "@petl/task";
import { mean } from "simple-statistics";
import type { Scorer } from "./scorer.js";
import { weightedCorrelation } from "./weighted-correlation.js";
import { type Ranking, rankingOf, rankResample } from "./weighted-ranks.js";

interface Column {
  /** Less their mean, which changes no correlation and keeps digits. */
  readonly values: Float64Array;
  readonly ranking: Ranking;
}

/** Scores numbers by Pearson's and Spearman's correlation; each example is a unit. `predictions` are by run; `invalidScore` is what an invalid answer counts as, below every valid one. */
export function correlationScorer(
  metrics: readonly MetricName[],
  references: readonly number[],
  predictions: readonly (readonly (number | null)[])[],
  invalidScore: number,
): Scorer {
  const expected = columnOf(references);
  const runs = predictions.map((run) => columnOf(run.map((each) => each ?? invalidScore)));
  return {
    unitOf: Int32Array.from(references.keys()),
    units: references.length,
    score(counts, scores) {
      const isExpectedVaried = rankResample(expected.ranking, counts);
      for (const [run, column] of runs.entries()) {
        const isDefined = rankResample(column.ranking, counts) && isExpectedVaried;
        scores[run] = isDefined ? 100 * mean(metrics.map((name) => correlations[name]!(column, expected, counts))) : 0;
      }
    },
  };
}

const correlations: Partial<Record<MetricName, (a: Column, b: Column, counts: Int32Array) => number>> = {
  pearson: (a, b, counts) => weightedCorrelation(a.values, b.values, counts),
  spearman: (a, b, counts) => weightedCorrelation(a.ranking.ranks, b.ranking.ranks, counts),
};

function columnOf(values: readonly number[]): Column {
  const middle = mean([...values]);
  return { values: Float64Array.from(values, (value) => value - middle), ranking: rankingOf(values) };
}

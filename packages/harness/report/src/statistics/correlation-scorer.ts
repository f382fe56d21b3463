import type { MetricName } from "@petl/task";
import { mean } from "simple-statistics";
import { drawnOf } from "./drawn.js";
import type { Scorer } from "./scorer.js";
import { expectedOf, weightedCorrelation } from "./weighted-correlation.js";
import { RankCorrelator, type Ranking, rankingOf, ranksOf } from "./weighted-ranks.js";

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
  const ranked = new RankCorrelator(references.length);
  return {
    unitOf: Int32Array.from(references.keys()),
    units: references.length,
    resample(counts) {
      const drawn = drawnOf(counts);
      const expectedRanks = ranksOf(expected.ranking, drawn);
      if (expectedRanks === null) return () => 0;
      const values = expectedOf(
        Float64Array.from(drawn.rows, (row) => expected.values[row]!),
        drawn,
      );
      const ranks = expectedOf(expectedRanks, drawn);
      return (run) => {
        const column = runs[run]!;
        const spearman = ranked.correlate(column.ranking, ranks, drawn);
        if (spearman === null) return 0;
        const pearson = weightedCorrelation(column.values, values, drawn);
        const correlations: Partial<Record<MetricName, number>> = { pearson, spearman };
        return 100 * mean(metrics.map((name) => correlations[name]!));
      };
    },
  };
}

function columnOf(values: readonly number[]): Column {
  const middle = mean([...values]);
  return { values: Float64Array.from(values, (value) => value - middle), ranking: rankingOf(values) };
}

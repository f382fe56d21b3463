import type { MetricName } from "@petl/task";
import { mean } from "simple-statistics";
import type { Scorer } from "./scorer.js";
import { ascending, correlations, expectedOf } from "./weighted-correlations.js";

/** Scores numbers by Pearson's and Spearman's correlation; each example is a unit. `predictions` are by run; `invalidScore` is what an invalid answer counts as, below every valid one. */
export function correlationScorer(
  metrics: readonly MetricName[],
  references: readonly number[],
  predictions: readonly (readonly (number | null)[])[],
  invalidScore: number,
): Scorer {
  const answers = predictions.map((run) => ascending(run.map((each) => each ?? invalidScore)));
  const right = ascending(references);
  return {
    unitOf: Int32Array.from(references.keys()),
    units: references.length,
    resample(counts) {
      const expected = expectedOf(right, counts);
      if (expected === null) return () => 0;
      return (run) => {
        const found: Partial<Record<MetricName, number>> | null = correlations(answers[run]!, expected);
        return found === null ? 0 : 100 * mean(metrics.map((name) => found[name]!));
      };
    },
  };
}

import { type MetricName, type ScoredText, textScorer } from "@petl/task";
import { mean } from "simple-statistics";
import type { Scorer } from "./scorer.js";

/** By example: the texts that are right. */
export type Texts = readonly (readonly string[])[];
/** By run and example. */
export type Written = readonly (readonly (string | null)[])[];

/** Scores texts; each example is a unit and is compared once. `predictions` are by run. */
export function splitTextScorer(metrics: readonly MetricName[], references: Texts, predictions: Written): Scorer {
  const scorer = textScorer(metrics);
  const runs = predictions.map((run) => run.map((text, row) => scorer.example(text ?? "", references[row]!)));
  return {
    unitOf: Int32Array.from(references.keys()),
    units: references.length,
    resample(counts) {
      return (run) => {
        const drawn: ScoredText[] = [];
        for (const [unit, count] of counts.entries()) for (let i = 0; i < count; i++) drawn.push(runs[run]![unit]!);
        return 100 * mean([...scorer.metrics(drawn)]);
      };
    },
  };
}

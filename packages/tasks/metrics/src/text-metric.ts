import { checkPairs, checkReferences } from "./errors.js";

/** A metric of texts, 0..1 where 1 is best. */
export interface TextMetric {
  readonly name: string;
  /**
   * The value of a whole split.
   * @param references one or more for each prediction.
   * @throws {MetricError} `E_METRIC_PAIRS`, `E_METRIC_REFERENCES`.
   */
  corpus(predictions: readonly string[], references: readonly (readonly string[])[]): number;
}

/** A metric whose corpus value is the mean of those of the examples. */
export interface ExampleMetric extends TextMetric {
  /**
   * The value of one example: the best over its references.
   * @throws {MetricError} `E_METRIC_REFERENCES`.
   */
  each(prediction: string, references: readonly string[]): number;
}

/** The metric that compares a prediction with each reference, takes the best, and averages over examples. */
export function bestOfReferences<Prepared>(
  name: string,
  prepare: (text: string) => Prepared,
  compare: (prediction: Prepared, reference: Prepared) => number,
): ExampleMetric {
  const each = (prediction: string, references: readonly string[]): number => {
    checkReferences(name, references);
    const prepared = prepare(prediction);
    return references.reduce((best, reference) => Math.max(best, compare(prepared, prepare(reference))), 0);
  };
  return {
    name,
    each,
    corpus(predictions, references) {
      checkPairs(name, predictions, references);
      const sum = predictions.reduce((total, prediction, row) => total + each(prediction, references[row]!), 0);
      return sum / predictions.length;
    },
  };
}

/** What went wrong, for programs. */
export type MetricErrorCode =
  /** No examples, or not as many predictions as references. */
  | "E_METRIC_PAIRS"
  /** An example without a reference. */
  | "E_METRIC_REFERENCES"
  /** A class index that is no whole number from 0 to `classes - 1`. */
  | "E_METRIC_CLASS"
  /** Not as many groups as examples. */
  | "E_METRIC_GROUPS";

/** The error class of this package: one line with the metric, expectation, finding and remedy. */
export class MetricError extends Error {
  override readonly name = "MetricError";

  constructor(
    readonly code: MetricErrorCode,
    metric: string,
    { expected, got, remedy }: { readonly expected: string; readonly got: string; readonly remedy: string },
  ) {
    super(`${metric} cannot be computed: expected ${expected}, got ${got}; ${remedy}`);
  }
}

/** @throws {MetricError} `E_METRIC_PAIRS` where the lists are empty or differ in length. */
export function checkPairs(metric: string, predictions: readonly unknown[], references: readonly unknown[]): void {
  if (predictions.length === references.length && references.length > 0) return;
  throw new MetricError("E_METRIC_PAIRS", metric, {
    expected: "as many predictions as references, at least one",
    got: `${predictions.length} predictions and ${references.length} references`,
    remedy: "give one prediction for each example of the split",
  });
}

/** @throws {MetricError} `E_METRIC_REFERENCES` where an example has no reference. */
export function checkReferences(metric: string, references: readonly string[]): void {
  if (references.length > 0) return;
  throw new MetricError("E_METRIC_REFERENCES", metric, {
    expected: "at least one reference for each example",
    got: "none",
    remedy: "leave out examples without a reference",
  });
}

import { sampleCorrelation, sampleRankCorrelation } from "simple-statistics";

type Correlation = (x: number[], y: number[]) => number;

/** Pearson's correlation, -1..1; 0 where it is undefined (see {@link isUndefined}). */
export const pearson = defined(sampleCorrelation);

/** Spearman's correlation: Pearson's of the ranks, ties sharing their average rank; 0 where it is undefined. */
export const spearman = defined(sampleRankCorrelation);

/** Whether the correlation is 0 / 0: fewer than two pairs, or all predictions or all references equal. SciPy gives NaN. */
export function isUndefined(predictions: readonly number[], references: readonly number[]): boolean {
  return predictions.length < 2 || isConstant(predictions) || isConstant(references);
}

function defined(correlation: Correlation) {
  return (predictions: readonly number[], references: readonly number[]): number => {
    if (isUndefined(predictions, references)) return 0;
    const value = correlation([...predictions], [...references]);
    return Math.min(1, Math.max(-1, value));
  };
}

function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

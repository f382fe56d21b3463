import { twoSidedNormal, twoSidedP, twoSidedT } from "./distributions.js";
import type { PairEstimate, VariancePart } from "./pair-estimate.js";

/** A two-sided p value of a difference, and half the width of its 95 % interval, in points; infinite where nothing can be said. */
export interface Significance {
  readonly p: number;
  readonly halfWidth: number;
}

/**
 * The most careful of three tests, each of which a difference must pass: over other examples and seeds, over other examples with the
 * models that were trained (three seeds can agree by chance, and then the first test alone would claim more than the examples can
 * show), and a sign test (a handful of examples that one arm has all right shows no variance at all).
 */
export function significanceOf({ points, variance, exampleVariance, answeredApart }: PairEstimate): Significance {
  if (points === 0 && answeredApart === 0) return { p: 1, halfWidth: 0 };
  const tests = [tTest(points, variance), tTest(points, exampleVariance), signTest(points, answeredApart)];
  return {
    p: Math.max(...tests.map(({ p }) => p)),
    halfWidth: Math.max(...tests.map(({ halfWidth }) => halfWidth)),
  };
}

/** Student's t, with the degrees of freedom of a sum of variances. Satterthwaite 1946, Biometrics Bulletin 2, pages 110-114. */
function tTest(points: number, parts: readonly VariancePart[]): Significance {
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  if (variance === 0) return { p: points === 0 ? 1 : 0, halfWidth: 0 };
  const error = Math.sqrt(variance);
  const degrees = variance ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.degrees, 0);
  return { p: twoSidedP(points / error, degrees), halfWidth: twoSidedT(0.05, degrees) * error };
}

/**
 * The least p value that n examples can give, `2^(1 - n)`: all of them favour the same arm. The width is that of a normal test with
 * that p.
 */
function signTest(points: number, examples: number): Significance {
  const p = 2 ** (1 - examples);
  return { p, halfWidth: p === 0 ? 0 : (Math.abs(points) * twoSidedNormal(0.05)) / twoSidedNormal(p) };
}

import { seededRandom } from "@petl/tensor";

/**
 * Learning rates to try around a method's own, ascending: log-uniform over `decades` powers of ten with `base` in the middle, one drawn
 * from each of `trials` strata of equal width. The draws are the same for every method and task, so that all search the same space.
 */
export function trialRates(base: number, trials: number, decades: number): number[] {
  const resolution = 1_000_000;
  const draws = seededRandom(0).fork("learning rates").integers(trials, resolution);
  return [...draws].map((draw, index) => {
    const place = (index + draw / resolution) / trials; // 0..1
    return Number((base * 10 ** (decades * (place - 0.5))).toPrecision(2));
  });
}

import { mean, sampleVariance } from "simple-statistics";
import type { TaskAnswers } from "../../src/statistics/comparison.js";
import { twoSidedP } from "../../src/statistics/distributions.js";

/** Of the mean scores of two arms, in points squared: what a simulation's answers show, by plain sums over examples. */
export interface SimulatedVariances {
  /** Of the difference over examples, as far as all seeds of an arm share it. */
  readonly shared: number;
  /** Of one seed's score over examples, as far as it does not share it. */
  readonly own: number;
  /** Of a seed's score over seeds, on the same examples. */
  readonly seed: number;
}

/** 100 where right and 0 where wrong: (seed, example). */
export function pointsOf(answers: TaskAnswers, arm: number): number[][] {
  return answers.arms[arm]!.seeds.map(([dev]) =>
    dev!.predictions.map((prediction, example) => (prediction === dev!.references[example] ? 100 : 0)),
  );
}

/** Means over many suites of two arms. */
export function variancesOf(suites: readonly TaskAnswers[]): SimulatedVariances {
  const parts = suites.map((suite) => {
    const arms = [0, 1].map((arm) => pointsOf(suite, arm));
    const [first, second] = arms.map((seeds) =>
      seeds[0]!.map((_, example) => mean(seeds.map((seed) => seed[example]!))),
    );
    const n = first!.length;
    const own = mean(
      arms.map((seeds, arm) => {
        const means = [first!, second!][arm]!;
        const apart = seeds.map((seed) => sampleVariance(seed.map((points, example) => points - means[example]!)));
        return apart.reduce((sum, each) => sum + each, 0) / (seeds.length - 1) / n;
      }),
    );
    const all = sampleVariance(first!.map((points, example) => points - second![example]!)) / n;
    const seed = mean(arms.map((seeds) => sampleVariance(seeds.map((points) => mean(points)))));
    return { shared: all - (2 * own) / arms[0]!.length, own, seed };
  });
  const over = (name: keyof SimulatedVariances) => mean(parts.map((part) => part[name]));
  return { shared: over("shared"), own: over("own"), seed: over("seed") };
}

/**
 * How often theory tells two arms apart that differ by `points`, with three seeds each: the difference and the seeds' variances are
 * drawn as normal and as chi-squared with 2 degrees of freedom, the variances over examples are known, and both t tests must tell.
 */
export function shareToldInTheory(
  points: number,
  { shared, own, seed }: SimulatedVariances,
  normal: () => number,
): number {
  const draws = 20_000;
  const chiSquaredOf2 = () => normal() ** 2 + normal() ** 2;
  let told = 0;
  for (let draw = 0; draw < draws; draw++) {
    const difference = points + Math.sqrt(shared + (2 * seed) / 3) * normal();
    const parts = [0, 1].map(() => (seed * chiSquaredOf2()) / 2 / 3);
    const variance = shared + parts[0]! + parts[1]!;
    const degrees = variance ** 2 / (parts[0]! ** 2 / 2 + parts[1]! ** 2 / 2);
    const ps = [
      twoSidedP(difference / Math.sqrt(variance), degrees),
      twoSidedP(difference / Math.sqrt(shared + (2 * own) / 3), 1e5),
    ];
    if (Math.max(...ps) < 0.05) told += 1;
  }
  return told / draws;
}

import { describe, test } from "vitest";
import { compareOnTask } from "../../src/statistics/compare-on-task.js";
import { compareOverTasks } from "../../src/statistics/compare-over-tasks.js";
import type { Difference, TaskAnswers } from "../../src/statistics/comparison.js";
import { type Noise, normalValues, simulateSuite } from "./simulated-answers.js";
import { shareToldInTheory, variancesOf } from "./simulated-variances.js";

// 300 resamples and not 2,000 keep this quick: the standard error of a bootstrap is then off by 4 % (1 / sqrt(2 x 300)), to either side.
const options = { resamples: 300 };
// Quantiles of Binomial(n, 0.05), from scipy.stats.binom.ppf (SciPy 1.17.1): at most this many errors in 99.9 % of experiments.
const mostErrors = { of200: 21, of300: 28 };
const fewestErrors = { of300: 5 }; // 0.1 %

/** About half of what seeds differ by (0.95 points) is on single examples. */
const seedsOnly: Noise = { seed: 0.0005, arm: 0, seedAndExample: 0.1 };
const otherExamples: Noise = { ...seedsOnly, arm: 0.1 };

interface Suites {
  readonly seed: number;
  readonly count: number;
  readonly accuracies: readonly number[];
  readonly noise: Noise;
  readonly examples?: number;
  readonly seeds?: number;
}

function simulate({ seed, count, examples = 1000, seeds = 3, ...suite }: Suites): TaskAnswers[] {
  const random = normalValues(seed);
  return Array.from({ length: count }, () => simulateSuite({ ...suite, examples, seeds, random }));
}

const isAnyTold = (differences: readonly Difference[]): boolean => differences.some(({ isTold }) => isTold);
const countTold = (suites: readonly TaskAnswers[]): number =>
  suites.filter((suite) => isAnyTold(compareOnTask(suite, options))).length;

describe("two arms with 3 seeds and 1,000 examples are told apart as often as theory says", () => {
  test.for([
    { name: "where they differ by their seeds only", accuracies: [0.8, 0.8], noise: seedsOnly },
    { name: "where they are equal and find other examples hard", accuracies: [0.8, 0.8], noise: otherExamples },
    { name: "where they differ by 3 points", accuracies: [0.83, 0.8], noise: otherExamples },
  ])("$name", ({ accuracies, noise }, { expect }) => {
    const suites = simulate({ seed: 19, count: 300, accuracies, noise });
    const points = 100 * (accuracies[0]! - accuracies[1]!);
    const share = shareToldInTheory(points, variancesOf(suites), normalValues(20));
    const told = countTold(suites);
    // 3.3 standard errors of a share of 300: 99.9 % of experiments are within
    expect(Math.abs(told / 300 - share)).toBeLessThan(3.3 * Math.sqrt((share * (1 - share)) / 300));
    if (points === 0) expect(told).toBeLessThanOrEqual(mostErrors.of300);
    else expect(told).toBeGreaterThan(mostErrors.of300);
  });
});

test("of seven equal arms any two are told apart in at most 5 % of suites", ({ expect }) => {
  const suites = simulate({ seed: 21, count: 200, accuracies: new Array(7).fill(0.8), noise: otherExamples });
  expect(countTold(suites)).toBeLessThanOrEqual(mostErrors.of200);
});

describe("with one seed", () => {
  const oneSeed = { accuracies: [0.8, 0.8], count: 300, seeds: 1 };

  test("5 % of equal models are told apart", ({ expect }) => {
    const told = countTold(simulate({ ...oneSeed, seed: 22, noise: { seed: 0, arm: 0.1, seedAndExample: 0.1 } }));
    expect(told).toBeLessThanOrEqual(mostErrors.of300);
    expect(told).toBeGreaterThanOrEqual(fewestErrors.of300);
  });

  test("equal arms whose seeds differ are told apart too often, so the result names the one seed", ({ expect }) => {
    const suites = simulate({ ...oneSeed, seed: 23, noise: { seed: 0.004, arm: 0, seedAndExample: 0.1 } });
    expect(countTold(suites)).toBeGreaterThan(2 * mostErrors.of300);
    expect(compareOnTask(suites[0]!, options)[0]!.seeds).toBe(1);
  });
});

describe("over three tasks of 300 examples", () => {
  const overThree = (seed: number, accuracies: readonly number[]) => {
    const tasks = simulate({ seed, count: 600, examples: 300, accuracies, noise: otherExamples });
    const suites = Array.from({ length: 200 }, (_, suite) => tasks.slice(3 * suite, 3 * suite + 3));
    const told = suites.filter((suite) => isAnyTold(compareOverTasks(suite, options))).length;
    return { told, toldOnOne: countTold(tasks) / 3 };
  };

  test("equal arms are told apart in at most 5 % of suites", ({ expect }) => {
    expect(overThree(24, [0.8, 0.8]).told).toBeLessThanOrEqual(mostErrors.of200);
  });

  test("3 points are found more often than on one task", ({ expect }) => {
    const { told, toldOnOne } = overThree(25, [0.83, 0.8]);
    expect(told).toBeGreaterThan(1.5 * toldOnOne);
  });
});

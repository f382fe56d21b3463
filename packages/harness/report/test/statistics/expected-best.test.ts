import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { mean, standardDeviation } from "simple-statistics";
import { expect, test } from "vitest";
import { expectedBest } from "../../src/statistics/expected-best.js";

test("the expected best of 1, 2 and 3 of three trials is as worked out by hand", () => {
  // of 9 pairs of (60, 70, 90): 1 has best 60, 3 have 70, 5 have 90; of 27 triples: 1, 7 and 19
  const best = expectedBest([90, 60, 70]);
  expect(best.map(({ trials }) => trials)).toEqual([1, 2, 3]);
  expect(best[0]!.mean).toBeCloseTo(220 / 3, 10);
  expect(best[1]!.mean).toBeCloseTo((60 + 3 * 70 + 5 * 90) / 9, 10);
  expect(best[2]!.mean).toBeCloseTo((60 + 7 * 70 + 19 * 90) / 27, 10);
  expect(best[1]!.deviation).toBeCloseTo(Math.sqrt((60 ** 2 + 3 * 70 ** 2 + 5 * 90 ** 2) / 9 - 80 ** 2), 10);
});

test("it is what drawing trials finds", () => {
  const values = [51, 88.5, 88.5, 90.25, 91, 72, 50.5];
  const random = xoroshiro128plus(7);
  const draws = 40_000;
  for (const { trials, mean: expected, deviation } of expectedBest(values)) {
    const bestOf = () =>
      Math.max(...Array.from({ length: trials }, () => values[uniformInt(random, 0, values.length - 1)]!));
    const drawn = Array.from({ length: draws }, bestOf);
    const squares = drawn.map((best) => (best - expected) ** 2);
    // four standard errors: all fourteen hold together for 99.9 % of seeds
    expect(Math.abs(mean(drawn) - expected)).toBeLessThan((4 * deviation) / Math.sqrt(draws));
    expect(Math.abs(mean(squares) - deviation ** 2)).toBeLessThan((4 * standardDeviation(squares)) / Math.sqrt(draws));
  }
});

test("equal trials have no deviation, and no trials no best", () => {
  expect(expectedBest([70, 70])).toEqual([
    { trials: 1, mean: 70, deviation: 0 },
    { trials: 2, mean: 70, deviation: 0 },
  ]);
  expect(expectedBest([])).toEqual([]);
});

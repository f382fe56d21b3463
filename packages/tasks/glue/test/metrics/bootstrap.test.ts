import { bootstrapInterval } from "@petl/task";
import { expect, test } from "vitest";
import { findTask } from "../../src/tasks/index.js";

/** Marsaglia's xorshift, enough for a test. */
function draw(seed: number) {
  let state = seed + 0x9e3779b9;
  return (count: number, below: number): number[] =>
    Array.from({ length: count }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return Math.floor(((state >>> 0) / 2 ** 32) * below);
    });
}

test("the interval of an accuracy is the binomial's, within what a thousand draws leave open", () => {
  // counted with exact integers: the 2.5 % and 97.5 % quantiles of Binomial(64, 1/2) are 24 and 40
  const references = Array.from({ length: 64 }, (_, row) => row % 2);
  const dev = { name: "dev", predictions: references.map(() => 0), references } as const;
  const { low, high, level, resamples } = bootstrapInterval(findTask("sst2"), [dev], draw(0), { resamples: 4000 });
  expect(Math.abs(low - (100 * 24) / 64)).toBeLessThanOrEqual(100 / 64);
  expect(Math.abs(high - (100 * 40) / 64)).toBeLessThanOrEqual(100 / 64);
  expect([level, resamples]).toEqual([0.95, 4000]);
});

test("the mean of a correlation's interval is near Fisher's, and MNLI's splits are drawn apart", () => {
  const references = Array.from({ length: 200 }, (_, row) => ((row * 37) % 51) / 10);
  const predictions = references.map((score, row) => Math.min(5, score + ((row * 7) % 11) / 4));
  const { low, high } = bootstrapInterval(findTask("stsb"), [{ name: "dev", predictions, references }], draw(1));
  expect(high - low).toBeGreaterThan(2);
  expect(high - low).toBeLessThan(15);
  const split = (name: "dev_matched" | "dev_mismatched", right: boolean) => {
    const labels = references.map((_, row) => row % 3);
    return { name, references: labels, predictions: labels.map((label) => (right ? label : (label + 1) % 3)) };
  };
  const splits = [split("dev_matched", true), split("dev_mismatched", false)];
  expect(bootstrapInterval(findTask("mnli"), splits, draw(2))).toMatchObject({ low: 50, high: 50 }); // drawn together it would spread
});

test("the same stream gives the same interval", () => {
  const references = Array.from({ length: 90 }, (_, row) => row % 2);
  const dev = { name: "dev", predictions: references.map((label, row) => (row % 7 ? label : 1)), references } as const;
  const interval = () => bootstrapInterval(findTask("mrpc"), [dev], draw(3));
  expect(interval()).toEqual(interval());
});

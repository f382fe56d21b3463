import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Sample } from "../../src/load/sample.js";

function sampleOf(size: number | undefined, length: number): number[] {
  const sample = new Sample<number>(size);
  for (let position = 0; position < length; position++) sample.offer(position, () => position);
  return sample.items();
}

test("a sample has the wanted size, no repeats, and is in the order of the stream", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 5000 }), (size, length) => {
      const items = sampleOf(size, length);
      expect(items).toEqual([...new Set(items)].sort((a, b) => a - b));
      expect(items.length).toBe(Math.min(size, length));
    }),
  );
});

test("a larger sample contains the smaller one", () => {
  const larger = new Set(sampleOf(500, 60_000));
  expect(sampleOf(100, 60_000).every((item) => larger.has(item))).toBe(true);
});

test("a sample is spread over the stream", () => {
  const items = sampleOf(1000, 67_349);
  const mean = items.reduce((sum, item) => sum + item, 0) / items.length;
  expect(Math.abs(mean / 67_349 - 0.5)).toBeLessThan(0.03); // standard error 0.009
});

test("without a size everything is kept", () => {
  expect(sampleOf(undefined, 4)).toEqual([0, 1, 2, 3]);
});

test("items that cannot enter are not made", () => {
  const sample = new Sample<number>(1);
  let made = 0;
  for (let position = 0; position < 100_000; position++) sample.offer(position, () => made++);
  expect(made).toBeLessThan(3000);
});

import { expect, test } from "vitest";
import { shownSeeds } from "../../src/build/shown-seeds.js";

test.for([
  [1, 5],
  [12, 5],
  [13, 4],
  [60, 1],
  [100, 1],
] as const)("of %i variants %i seeds are drawn as curves", ([variants, seeds]) => {
  expect(shownSeeds(variants)).toBe(seeds);
});

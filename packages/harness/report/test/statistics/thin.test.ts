import { expect, test } from "vitest";
import { thin } from "../../src/statistics/thin.js";

test("thinning keeps the ends and the extremes", () => {
  const points = Array.from({ length: 10_000 }, (_, step) => [step, step === 5003 ? 99 : Math.sin(step)] as const);
  const thinned = thin(points);
  expect(thinned.length).toBeLessThanOrEqual(162);
  expect(thinned[0]).toEqual(points[0]);
  expect(thinned.at(-1)).toEqual(points.at(-1));
  expect(thinned).toContainEqual([5003, 99]);
});

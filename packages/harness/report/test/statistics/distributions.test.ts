import { expect, test } from "vitest";
import { twoSidedNormal, twoSidedP, twoSidedT } from "../../src/statistics/distributions.js";

// From SciPy 1.17.1: 2 * stats.t.sf(t, df), stats.t.isf(p / 2, df), stats.norm.isf(p / 2)

test.for([
  [0.3, 1, 0.8144528418445154],
  [1.5, 2.6, 0.2439186516787731],
  [4.2, 3.3, 0.020366663139520992],
  [9, 4, 0.0008438325176012779],
  [-6, 276, 6.178552047360349e-9],
  [1.96, 40429, 0.0500026490204504],
] as const)("t = %d with %d degrees of freedom", ([t, degrees, p]) => {
  expect(twoSidedP(t, degrees) / p).toBeCloseTo(1, 7);
  expect(twoSidedT(p, degrees) / Math.abs(t)).toBeCloseTo(1, 7);
});

test("quantiles of the normal distribution", () => {
  expect(twoSidedNormal(0.05)).toBeCloseTo(1.9599639845400545, 12);
  expect(twoSidedNormal(2 ** -29)).toBeCloseTo(6.009353565530744, 12);
  expect(twoSidedNormal(1)).toBe(0);
});

test("a t of 0 has p = 1, and an endless one p = 0", () => {
  expect(twoSidedP(0, 2.5)).toBe(1);
  expect(twoSidedP(Number.POSITIVE_INFINITY, 2.5)).toBe(0);
});

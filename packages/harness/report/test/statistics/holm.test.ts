import * as fc from "fast-check";
import { expect, test } from "vitest";
import { holm } from "../../src/statistics/holm.js";

test("Holm's correction is that of statsmodels", () => {
  // multipletests(p, method="holm")[1] of statsmodels 0.15.0; by hand: 6 x 0.005, 5 x 0.01, 4 x 0.03, then 3 x 0.04 and 2 x 0.04 raised
  const adjusted = holm([0.01, 0.04, 0.03, 0.005, 0.04, 0.9]);
  for (const [index, expected] of [0.05, 0.12, 0.12, 0.03, 0.12, 0.9].entries())
    expect(adjusted[index]).toBeCloseTo(expected, 12);
  expect(holm([])).toEqual([]);
});

test("the adjusted values keep the order, are at least the given ones, and at most Bonferroni's", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (values) => {
      const adjusted = holm(values);
      for (const [index, value] of values.entries()) {
        expect(adjusted[index]).toBeGreaterThanOrEqual(value);
        expect(adjusted[index]).toBeLessThanOrEqual(Math.min(1, value * values.length));
        for (const [other, otherValue] of values.entries())
          if (value < otherValue) expect(adjusted[index]).toBeLessThanOrEqual(adjusted[other]!);
      }
    }),
  );
});

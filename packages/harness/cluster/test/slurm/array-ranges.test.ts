import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arrayRanges, expandRanges, splitArrays } from "../../src/index.js";

const indices = fc.array(fc.nat(20_000), { maxLength: 3000 });

test.each([
  [[], ""],
  [[4], "4"],
  [[0, 1, 2], "0-2"],
  [[9, 1, 7, 5, 8], "1,5,7-9"],
  [[3, 3, 2, 2], "2-3"],
])("%j is %j to Slurm", (given, ranges) => expect(arrayRanges(given)).toBe(ranges));

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("an index of %d is refused", (index) => {
  expect(() => arrayRanges([index])).toThrow(`index of a run: expected an integer from 0, got ${index}`);
});

test.each([
  ["0-3,7", [0, 1, 2, 3, 7]],
  ["0-3,7%2", [0, 1, 2, 3, 7]],
  ["[1,4-5%12]", [1, 4, 5]],
  ["0-8:4", [0, 4, 8]],
  ["1,3,5...", [1, 3]],
  ["", []],
  ["0-9:0,5-2,0-99999999999,x", []],
])("%j stands for %j", (text, expected) => expect(expandRanges(text)).toEqual(expected));

describe("splitting", () => {
  test("what fits is one array without an offset", () => {
    expect(splitArrays([2, 0, 1, 1000])).toEqual([{ offset: 0, ranges: "0-2,1000", count: 4 }]);
    expect(splitArrays([])).toEqual([]);
  });

  test("indices from MaxArraySize on go to arrays with an offset", () => {
    expect(splitArrays([8, 9, 10, 11, 25, 31], 10)).toEqual([
      { offset: 0, ranges: "8-9", count: 2 },
      { offset: 10, ranges: "0-1", count: 2 },
      { offset: 20, ranges: "5", count: 1 },
      { offset: 30, ranges: "1", count: 1 },
    ]);
  });

  test("every index is in one array, whose indices are below MaxArraySize and whose text Slurm takes", () => {
    fc.assert(
      fc.property(indices, fc.integer({ min: 1, max: 30_000 }), (given, maxArraySize) => {
        const arrays = splitArrays(given, maxArraySize);
        const covered = arrays.flatMap(({ offset, ranges }) => expandRanges(ranges).map((task) => task + offset));
        expect(covered).toEqual([...new Set(given)].sort((one, other) => one - other));
        for (const { ranges, count } of arrays) {
          expect(ranges.length).toBeLessThanOrEqual(4080);
          expect(expandRanges(ranges)).toHaveLength(count);
          expect(Math.max(...expandRanges(ranges))).toBeLessThan(maxArraySize);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("ten thousand sparse indices need as many arrays as their text does", () => {
    const sparse = Array.from({ length: 10_000 }, (_, index) => 3 * index);
    expect(splitArrays(sparse, 100_001)).toHaveLength(Math.ceil(arrayRanges(sparse).length / 4080));
  });

  test("a cluster without arrays is refused", () => {
    expect(() => splitArrays([1], 0)).toThrow("MaxArraySize of Slurm: expected an integer from 1 to");
  });
});

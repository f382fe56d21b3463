import type { Split } from "@petl/task";
import { holdOut, poolSize } from "@petl/task";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findTask } from "../../src/tasks/index.js";

const sst2 = findTask("sst2");

/** A training split whose row i has class 1 with the given share. */
function splitOf(rows: number, share: number): Split {
  const examples = Array.from({ length: rows }, (_, index) => ({
    ...{ index, sentences: { sentence: `row ${index}` } },
    label: (index * 7919) % rows < share * rows ? 1 : 0,
  }));
  return { name: "train", examples, dropped: 0, file: { path: "train.tsv", sha256: "", rows, officialRows: null } };
}

/** An order that another seed changes: by the fractional parts of multiples of the golden ratio. */
const permutationOf = (seed: number) => (count: number) =>
  Array.from({ length: count }, (_, index) => index).sort(
    (a, b) => (((a + 1) * (seed + 1) * 0.618) % 1) - (((b + 1) * (seed + 1) * 0.618) % 1) || a - b,
  );

describe("held-out training examples", () => {
  test("are apart from those trained on, with the classes' shares, another draw for each seed", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 30, max: 400 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 0, max: 1000 }),
        (rows, share, held, seed) => {
          const split = splitOf(rows, share);
          const options = { examples: held, permutation: permutationOf(seed) };
          const { train, validation } = holdOut(split, sst2, undefined, options);
          expect(validation).toMatchObject({ name: "validation" });
          expect(validation.examples).toHaveLength(held);
          const all = [...train.examples, ...validation.examples].map(({ index }) => index);
          expect(all.sort((a, b) => a - b)).toEqual(split.examples.map(({ index }) => index));
          const ones = (list: Split) => list.examples.filter(({ label }) => label === 1).length;
          expect(Math.abs(ones(validation) - (held * ones(split)) / rows)).toBeLessThan(1);
        },
      ),
    );
    const draw = (seed: number) =>
      holdOut(splitOf(200, 0.5), sst2, 50, { examples: 20, permutation: permutationOf(seed) });
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1).validation).not.toEqual(draw(2).validation);
    expect(draw(1).train.examples).toHaveLength(50);
  });

  test("are a tenth of the file and at most 1,000 where no number is given, beside the limit", () => {
    const whole = (rows: number) => {
      const { train, validation } = holdOut(splitOf(rows, 0.5), sst2, undefined, {
        examples: null,
        permutation: permutationOf(0),
      });
      return [train.examples.length, validation.examples.length];
    };
    expect(whole(200)).toEqual([180, 20]);
    expect(whole(20_000)).toEqual([19_000, 1000]);
    expect(poolSize(64, { examples: null, permutation: permutationOf(0) })).toBe(1064);
    expect(poolSize(undefined, { examples: 5, permutation: permutationOf(0) })).toBeUndefined();
  });

  test("are at most a third of what there is, and none of two rows", () => {
    const held = (rows: number) =>
      holdOut(splitOf(rows, 0.5), sst2, undefined, { examples: 128, permutation: permutationOf(0) }).validation
        .examples;
    expect(held(16)).toHaveLength(5);
    expect(() => held(2)).toThrow(
      /too few training rows to hold any out: .*expected at least 3, got 2; use --protocol dev/,
    );
  });
});

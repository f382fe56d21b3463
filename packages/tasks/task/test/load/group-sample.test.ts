import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Example, GroupSample, holdOut, type Split, scatter, type Task } from "../../src/index.js";

/** The positions that a sample keeps of a stream of groups by name. */
function kept(names: readonly number[], size: number): number[] {
  const sample = new GroupSample<number>(size);
  for (const [position, name] of names.entries()) sample.offer(position, () => position, names.indexOf(name));
  return sample.items();
}

const streams = fc.array(fc.nat(12), { minLength: 1, maxLength: 60 });

describe("a sample of groups", () => {
  test("has whole groups by the key of their first row while they fit, and always one", () => {
    const property = fc.property(streams, fc.integer({ min: 1, max: 70 }), (names, size) => {
      const firsts = [...new Set(names)].map((name) => names.indexOf(name)).sort((a, b) => scatter(a) - scatter(b));
      const expected: number[] = [];
      for (const first of firsts) {
        const rows = [...names.keys()].filter((row) => names[row] === names[first]);
        if (expected.length > 0 && expected.length + rows.length > size) break;
        expected.push(...rows);
      }
      expect(kept(names, size)).toEqual(expected.sort((a, b) => a - b));
    });
    fc.assert(property, { seed: 3, numRuns: 300 });
  });

  test("keeps the same where it must forget on the way, and never makes what cannot enter", () => {
    const names = Array.from({ length: 9000 }, (_, row) => (row * 7) % 1500);
    let made = 0;
    const sample = new GroupSample<number>(20);
    for (const [row, name] of names.entries()) sample.offer(row, () => row + 0 * made++, names.indexOf(name));
    const rows = sample.items();
    expect(rows).toHaveLength(18); // three groups of six
    expect(new Set(rows.map((row) => names[row])).size).toBe(3);
    expect(made).toBeLessThan(names.length / 2);
    const larger = kept(names, 200);
    expect(rows.every((row) => larger.includes(row))).toBe(true);
  });
});

const task: Task = {
  name: "options",
  title: "Options",
  fields: ["option"],
  target: { kind: "class", labels: ["no", "yes"].map((word) => ({ file: word, word })) },
  evaluations: ["test"],
  metrics: ["group_exact_match"],
};
const splitOf = (groups: readonly string[]): Split => ({
  name: "train",
  examples: groups.map((group, index): Example => ({ index, sentences: {}, label: index % 2, group })),
  dropped: 0,
  file: { path: "train.csv", sha256: "", rows: groups.length, officialRows: null },
});
const reversed = (count: number) => Array.from({ length: count }, (_, index) => count - 1 - index);

describe("held-out rows", () => {
  const indexes = ({ examples }: Split) => examples.map(({ index }) => index);

  test("are whole groups, as many as fit, and none is trained on", () => {
    const split = splitOf(["a", "b", "b", "c", "a", "c", "d", "e", "e", "d", "c", "f"]);
    const { train, validation } = holdOut(split, task, 5, { examples: 4, permutation: reversed });
    expect(indexes(validation)).toEqual([3, 5, 10, 11]); // f, then c
    expect(indexes(train)).toEqual([4, 6, 7, 8, 9]);
  });

  test("of one group alone are one line", () => {
    expect(() =>
      holdOut(splitOf(["a", "a", "a", "a"]), task, undefined, { examples: 1, permutation: reversed }),
    ).toThrow(
      "train.csv: Options has too few groups of training rows to hold any out: expected at least 2, got 1; use --protocol dev",
    );
  });
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accuracy, groupExactMatch } from "../src/index.js";
import { fixture } from "./fixture.js";

describe("group exact match agrees with T5's metric of MultiRC", () => {
  test.for(fixture.groups)("$name", ({ predictions, references, groups, groupExactMatch: expected }) => {
    const ours = groupExactMatch(
      predictions.map((each) => each ?? undefined),
      references,
      groups,
    );
    expect(Math.abs(ours - expected)).toBeLessThanOrEqual(1e-12);
  });
});

const examples = fc.array(fc.record({ prediction: fc.nat(1), reference: fc.nat(1), group: fc.nat(4) }), {
  minLength: 1,
});

test("it is the accuracy where each example is a group, whether all is right where all are one, and follows no order", () => {
  fc.assert(
    fc.property(examples, (rows) => {
      const predictions = rows.map(({ prediction }) => prediction);
      const references = rows.map(({ reference }) => reference);
      const right = accuracy(predictions, references);
      expect(groupExactMatch(predictions, references, [...rows.keys()])).toBe(right);
      expect(
        groupExactMatch(
          predictions,
          references,
          rows.map(() => 7),
        ),
      ).toBe(right === 1 ? 1 : 0);
      const shareOf = (some: typeof rows): number =>
        groupExactMatch(
          some.map(({ prediction }) => prediction),
          some.map(({ reference }) => reference),
          some.map(({ group }) => group),
        );
      expect(shareOf(rows.toReversed())).toBe(shareOf(rows));
    }),
    { seed: 4, numRuns: 200 },
  );
});

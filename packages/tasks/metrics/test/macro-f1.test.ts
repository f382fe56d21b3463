import { describe, expect, test } from "vitest";
import { macroF1 } from "../src/index.js";
import { fixture } from "./fixture.js";

describe("macro F1 agrees with scikit-learn", () => {
  test.for(fixture.classes)("$name", ({ predictions, references, classes, macroF1: expected }) => {
    const ours = macroF1(
      predictions.map((each) => each ?? undefined),
      references,
      classes,
    );
    expect(Math.abs(ours - expected)).toBeLessThanOrEqual(1e-9);
  });
});

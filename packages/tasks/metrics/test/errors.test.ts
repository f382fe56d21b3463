import { expect, test } from "vitest";
import {
  bleu,
  bleuCounts,
  bleuOfCounts,
  exactMatch,
  groupExactMatch,
  MetricError,
  macroF1,
  rouge,
} from "../src/index.js";

function errorOf(action: () => unknown): MetricError {
  try {
    action();
  } catch (error) {
    if (error instanceof MetricError) return error;
    throw error;
  }
  throw new Error("expected a MetricError");
}

test.each([
  ["exact match", 1, () => exactMatch.corpus(["a"], [])],
  ["rougeL", 0, () => rouge("rougeL").corpus([], [])],
  ["BLEU", 0, () => bleu.corpus([], [])],
  ["BLEU", 0, () => bleuOfCounts([])],
  ["group exact match", 1, () => groupExactMatch([0], [], [])],
  ["macro F1", 2, () => macroF1([0, 1], [], 2)],
])("%s of %i predictions and no references is refused", (name, count, action) => {
  expect(errorOf(action)).toMatchObject({
    code: "E_METRIC_PAIRS",
    message:
      `${name} cannot be computed: expected as many predictions as references, at least one, ` +
      `got ${count} predictions and 0 references; give one prediction for each example of the split`,
  });
});

test.each([
  ["exact match", () => exactMatch.each("a", [])],
  ["rouge2, stemmed", () => rouge("rouge2", { stemmed: true }).corpus(["a"], [[]])],
  ["BLEU", () => bleuCounts("a", [])],
])("%s of an example without references is refused", (name, action) => {
  expect(errorOf(action)).toMatchObject({
    code: "E_METRIC_REFERENCES",
    message:
      `${name} cannot be computed: expected at least one reference for each example, got none; ` +
      "leave out examples without a reference",
  });
});

test.each([3, -1, 0.5, Number.NaN])("class %d of 3 is refused", (label) => {
  const message =
    `macro F1 cannot be computed: expected class indexes from 0 to 2, got ${label}; ` +
    "give undefined for an answer that is no class";
  expect(errorOf(() => macroF1([label], [0], 3))).toMatchObject({ code: "E_METRIC_CLASS", message });
  expect(errorOf(() => macroF1([0], [label], 3))).toMatchObject({ code: "E_METRIC_CLASS", message });
});

test("groups that are not one for each example are refused", () => {
  expect(errorOf(() => groupExactMatch([0, 1], [0, 1], [0]))).toMatchObject({
    code: "E_METRIC_GROUPS",
    message:
      "group exact match cannot be computed: expected the group of each of 2 examples, got 1; " +
      "give one group for each example of the split",
  });
});

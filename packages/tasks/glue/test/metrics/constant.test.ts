import { bestConstant } from "@petl/task";
import { expect, test } from "vitest";
import { findTask } from "../../src/tasks/index.js";

const dev = (references: readonly number[]) => [{ name: "dev" as const, references }];

test("the best constant answer has the score of the larger class, or of the class that F1 counts", () => {
  expect(bestConstant(findTask("sst2"), dev([1, 0, 0, 0]))).toEqual({ answer: "negative", score: 75 });
  // all equivalent: accuracy 1/3, F1 2*1/(2*1+2) = 1/2; none: accuracy 2/3, F1 0
  const mrpc = bestConstant(findTask("mrpc"), dev([1, 0, 0]));
  expect(mrpc.answer).toBe("equivalent");
  expect(mrpc.score).toBeCloseTo((100 * (1 / 3 + 1 / 2)) / 2, 10);
});

test("a constant correlates with nothing", () => {
  expect(bestConstant(findTask("stsb"), dev([1, 2.5, 5]))).toEqual({ answer: "any number", score: 0 });
  expect(bestConstant(findTask("cola"), dev([1, 0, 1])).score).toBe(0);
});

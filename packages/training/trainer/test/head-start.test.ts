import { findTask } from "@petl/glue";
import { expect, test } from "vitest";
import { headStartOf } from "../src/index.js";

test("a head for a score begins with the mean", () => {
  expect(headStartOf(findTask("stsb"), [1, 2, 4.5])).toEqual([2.5]);
});

test("a head for classes begins with the logarithms of their shares, which softmax gives back", () => {
  const start = headStartOf(findTask("mrpc"), [1, 1, 1, 0]);
  expect(start.map(Math.exp)).toEqual([expect.closeTo(0.25), expect.closeTo(0.75)]);
});

test("a class without an example is rare, not impossible", () => {
  const start = headStartOf(findTask("mnli"), [0, 0, 1]);
  expect(start.map(Math.exp)).toEqual([2, 1, 0.5].map((weight) => expect.closeTo(weight / 3.5)));
});

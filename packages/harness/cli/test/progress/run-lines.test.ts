import { expect, test } from "vitest";
import { durationText, leftText, lossText } from "../../src/progress/run-lines.js";

test.each([
  [0.04, "0.0 s"],
  [8.24, "8.2 s"],
  [9.96, "10 s"],
  [59.6, "1 min 0 s"],
  [119.7, "2 min 0 s"],
  [200, "3 min 20 s"],
  [7500, "2 h 5 min"],
  [200_000, "2 d 7 h"],
])("%d seconds are %s", (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

test("the time left is never 0.0 s", () => {
  expect(leftText(0.01)).toBe("less than 1 s left");
});

test("a loss that is no number says so", () => {
  expect([lossText(null), lossText(Number.NaN), lossText(0.41249)]).toEqual(["not finite", "not finite", "0.412"]);
  expect(lossText(undefined)).toBe("not logged yet");
});

import { describe, expect, test } from "vitest";
import { answerLoss } from "../src/answer/answer-loss.js";
import type { Answer } from "../src/index.js";

const scored = (scores: readonly number[] | null): Answer => ({ value: 0, text: null, scores });

describe("the loss of answers", () => {
  test("is the mean of minus the log of the right class's share", () => {
    const answers = [scored([Math.log(3), 0]), scored([-1000, -1000 + Math.log(4)])]; // shares 3/4 and 4/5 of the first and second class
    expect(answerLoss("class", answers, [0, 1])).toBeCloseTo((Math.log(4 / 3) + Math.log(5 / 4)) / 2, 12);
    expect(answerLoss("class", answers, [1, 0])).toBeCloseTo((Math.log(4) + Math.log(5)) / 2, 12);
  });

  test("is the squared error of a head's score", () => {
    expect(answerLoss("score", [scored([2]), scored([4.5])], [1, 5])).toBeCloseTo((1 + 0.25) / 2, 12);
  });

  test("is none where an answer was written, or a score is one of several texts", () => {
    expect(answerLoss("class", [scored([1, 0]), scored(null)], [0, 0])).toBeNull();
    expect(answerLoss("score", [scored([-1, -2, -3])], [2.5])).toBeNull();
    expect(answerLoss("text", [scored(null)], [["an answer"]])).toBeNull();
    expect(answerLoss("class", [], [])).toBeNull();
  });
});

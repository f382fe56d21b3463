import { describe, expect, test } from "vitest";
import { bestConstant, bootstrapInterval, type Evaluation, groupsOf, scoreTask, type Task } from "../src/index.js";

const task: Task = {
  name: "options",
  title: "Options",
  fields: ["question", "option"],
  target: { kind: "class", labels: ["no", "yes"].map((word) => ({ file: word, word })) },
  evaluations: ["test"],
  metrics: ["accuracy", "group_exact_match"],
};
// of groups 0, 1 and 2 the first is all right; group 1 is not in one piece
const test1: Evaluation = {
  name: "test",
  groups: [0, 0, 1, 2, 1, 1],
  references: [0, 1, 1, 0, 0, 1],
  predictions: [0, 1, 0, undefined, 0, 1],
};

test("a score is the mean of the metrics, of examples and of groups", () => {
  const { metrics, score } = scoreTask(task, [test1]);
  expect(metrics).toEqual({ accuracy: 4 / 6, group_exact_match: 1 / 3 });
  expect(score).toBeCloseTo(50, 12);
});

test("the best constant is scored by the same groups", () => {
  // "no" has group 2 right and half of the examples, "yes" no group
  expect(bestConstant(task, [test1])).toEqual({ answer: "no", score: expect.closeTo((100 * (1 / 2 + 1 / 3)) / 2, 10) });
});

test("groups that are not there, or too few, are one line", () => {
  const { groups, ...without } = test1;
  const expected = "Options cannot be scored: expected the group of each of 6 examples";
  expect(() => scoreTask(task, [without])).toThrow(`${expected}, got no groups`);
  expect(() => scoreTask(task, [{ ...test1, groups: groups!.slice(1) }])).toThrow(`${expected}, got 5 groups`);
});

describe("a resample has whole groups, as many as there are, and one that is drawn twice is two", () => {
  test.each([
    [[0, 0, 0], 100],
    [[1, 1, 1], (100 * (2 / 3)) / 2],
    [[0, 0, 2], (100 * (4 / 5 + 2 / 3)) / 2],
    [[0, 1, 2], 50],
  ])("groups %j score %d", (drawn, score) => {
    const asked: number[][] = [];
    const draw = (...counts: number[]) => {
      asked.push(counts);
      return drawn;
    };
    const { low, high } = bootstrapInterval(task, [test1], draw, { resamples: 1 });
    expect([low, high]).toEqual([expect.closeTo(score, 10), expect.closeTo(score, 10)]);
    expect(asked).toEqual([[3, 3]]);
  });

  test("of texts too", () => {
    const texts: Task = { ...task, target: { kind: "text" }, metrics: ["exact_match"] };
    const split = { name: "test", groups: [0, 0, 1], references: [["a"], ["b"], ["c"]], predictions: ["a", "b", "x"] };
    const interval = bootstrapInterval(texts, [split], () => [0, 1], { resamples: 1 });
    expect(interval.low).toBeCloseTo(200 / 3, 10);
    expect(bootstrapInterval(texts, [split], () => [1, 1], { resamples: 1 }).low).toBe(0);
  });
});

test("the groups of examples are numbers in the order in which they come; undefined without any", () => {
  const example = (group?: string) => ({ index: 0, sentences: {}, label: 0, ...(group !== undefined && { group }) });
  expect(groupsOf(["q7", "q1", "q7", "q2"].map(example))).toEqual([0, 1, 0, 2]);
  expect(groupsOf([example(), example()])).toBeUndefined();
});

import { findTask } from "@petl/glue";
import type { SplitAnswers } from "@petl/results";
import { mean, sampleCovariance, sampleVariance } from "simple-statistics";
import { describe, expect, test } from "vitest";
import { compareOnTask } from "../../src/statistics/compare-on-task.js";
import type { TaskAnswers } from "../../src/statistics/comparison.js";
import { twoSidedP, twoSidedT } from "../../src/statistics/distributions.js";
import { armOf } from "./answers.js";
import { normalValues, simulateSuite } from "./simulated-answers.js";
import { pointsOf } from "./simulated-variances.js";

const suite = (seed: number, seeds = 3): TaskAnswers =>
  simulateSuite({
    accuracies: [0.84, 0.8],
    examples: 1000,
    seeds,
    noise: { seed: 0.002, arm: 0.1, seedAndExample: 0.1 },
    random: normalValues(seed),
  });

test("an accuracy's interval is that of Hillis's analysis of variance, from exact covariances", () => {
  const answers = suite(1);
  const [first, second] = [pointsOf(answers, 0), pointsOf(answers, 1)];
  const n = first[0]!.length;
  const covariance = (a: number[][], b: number[][]) =>
    mean(a.flatMap((x) => b.filter((y) => y !== x).map((y) => sampleCovariance(x, y) / n)));
  const seedParts = [first, second].map((arm) => sampleVariance(arm.map((seed) => mean(seed))) / arm.length);
  const shared = covariance(first, first) + covariance(second, second) - 2 * covariance(first, second);
  const variance = seedParts[0]! + seedParts[1]! + shared;
  const degrees = variance ** 2 / (seedParts[0]! ** 2 / 2 + seedParts[1]! ** 2 / 2 + shared ** 2 / (n - 1));

  const [difference] = compareOnTask(answers, { resamples: 10_000 });
  const points = mean(first.flat()) - mean(second.flat());
  expect(difference!.points).toBeCloseTo(points, 9);
  // 10,000 resamples leave 0.7 % of a bootstrap's standard error open
  const halfWidth = twoSidedT(0.05, degrees) * Math.sqrt(variance);
  expect((difference!.high - difference!.low) / 2 / halfWidth).toBeCloseTo(1, 1);
  expect(difference!.p / twoSidedP(points / Math.sqrt(variance), degrees)).toBeCloseTo(1, 1);
  expect(difference).toMatchObject({ first: "0", second: "1", seeds: 3 });
});

test("with one seed it is the paired test over the examples, and says that it knows one seed", () => {
  const answers = suite(2, 1);
  const [first] = pointsOf(answers, 0);
  const [second] = pointsOf(answers, 1);
  const differences = first!.map((points, example) => points - second![example]!);
  const error = Math.sqrt(sampleVariance(differences) / differences.length);
  const [difference] = compareOnTask(answers, { resamples: 10_000 });
  expect(difference!.points).toBeCloseTo(mean(differences), 9);
  expect((difference!.high - difference!.low) / 2 / (1.96 * error)).toBeCloseTo(1, 1);
  expect(difference!.seeds).toBe(1);
});

test("MNLI's splits are drawn apart and count alike, and an invalid answer is wrong", () => {
  const split = (name: string, length: number, isRight: (example: number) => boolean): SplitAnswers => {
    const references = Array.from({ length }, (_, example) => example % 3);
    const predictions = references.map((label, example) =>
      isRight(example) ? label : example % 2 ? null : (label + 1) % 3,
    );
    return { split: name, references, predictions };
  };
  const arm = (name: string, every: number) => ({
    arm: name,
    seeds: [
      [
        split("dev_matched", 600, (example) => example % every > 0),
        split("dev_mismatched", 300, (example) => example % (every + 2) > 0),
      ],
    ],
  });
  const arms = [arm("a", 7), arm("b", 4)];
  const right = arms.map(({ seeds }) =>
    seeds[0]!.map(({ predictions, references }) =>
      predictions.map((each, row) => (each === references[row] ? 100 : 0)),
    ),
  );
  const differences = [0, 1].map((index) => right[0]![index]!.map((points, row) => points - right[1]![index]![row]!));
  const error = Math.sqrt(mean(differences.map((each) => sampleVariance(each) / each.length)) / 2);
  const [difference] = compareOnTask({ task: findTask("mnli"), arms }, { resamples: 10_000 });
  expect(difference!.points).toBeCloseTo(mean(differences.map((each) => mean(each))), 9);
  expect((difference!.high - difference!.low) / 2 / (1.96 * error)).toBeCloseTo(1, 1);
});

test("the same seed gives the same figures, and another one figures within the noise of the resamples", () => {
  const answers = suite(3);
  expect(compareOnTask(answers)).toEqual(compareOnTask(answers));
  const [[one], [other]] = [compareOnTask(answers), compareOnTask(answers, { seed: 1 })];
  expect(other!.points).toBe(one!.points);
  expect(other!.low).not.toBe(one!.low);
  expect(Math.abs(other!.low - one!.low)).toBeLessThan(0.1 * (one!.high - one!.low));
});

test("the two arms change places", () => {
  const { task, arms } = suite(4);
  const [[one], [other]] = [compareOnTask({ task, arms }), compareOnTask({ task, arms: [...arms].reverse() })];
  expect(other).toMatchObject({ first: one!.second, second: one!.first, p: expect.closeTo(one!.p, 9) });
  expect(other!.points).toBeCloseTo(-one!.points, 12);
  expect(other!.low).toBeCloseTo(-one!.high, 9);
});

const references = [0, 1, 0, 1, 1, 0, 1, 0];
const wrong = references.map((reference) => 1 - reference);
const first = (count: number, values: readonly number[]) => values.slice(0, count);

test("arms that answer alike do not differ, though their seeds may", () => {
  const arms = ["a", "b"].map((arm) => armOf(arm, references, [references, wrong]));
  expect(compareOnTask({ task: findTask("sst2"), arms })).toMatchObject([{ points: 0, low: -100, high: 100, p: 1 }]);
  const same = ["a", "b"].map((arm) => armOf(arm, references, [wrong, wrong]));
  expect(compareOnTask({ task: findTask("sst2"), arms: same })).toMatchObject([
    { points: 0, low: 0, high: 0, p: 1, isTold: false },
  ]);
});

test("a handful of examples tells no more than a sign test, though nothing varies", () => {
  const compared = (count: number) => {
    const dev = first(count, references);
    return compareOnTask({
      task: findTask("sst2"),
      arms: [armOf("right", dev, [dev, dev]), armOf("wrong", dev, [first(count, wrong), first(count, wrong)])],
    })[0]!;
  };
  expect(compared(1)).toMatchObject({ points: 100, low: -100, high: 100, p: 1, isTold: false });
  expect(compared(4)).toMatchObject({ points: 100, p: 1 / 8, isTold: false });
  expect(compared(4).low).toBeLessThan(0);
  expect(compared(8)).toMatchObject({ points: 100, p: 1 / 128, isTold: true });
  expect(compared(8).low).toBeGreaterThan(0);
});

test("seeds that happen to score alike do not make an interval narrower than the examples allow", () => {
  const dev = Array.from({ length: 100 }, (_, example) => example % 2);
  const wrongOn = (from: number, count: number) =>
    dev.map((reference, example) => (example >= from && example < from + count ? 1 - reference : reference));
  const answers = {
    task: findTask("sst2"),
    arms: [
      armOf("a", dev, [wrongOn(0, 10), wrongOn(10, 10), wrongOn(20, 10)]),
      armOf("b", dev, [wrongOn(30, 15), wrongOn(45, 15), wrongOn(60, 15)]),
    ],
  };
  const [[a, b], [difference]] = [[0, 1].map((arm) => pointsOf(answers, arm)), compareOnTask(answers)];
  const differences = dev.map(
    (_, example) => mean(a!.map((run) => run[example]!)) - mean(b!.map((run) => run[example]!)),
  );
  const halfWidth = twoSidedT(0.05, 99) * Math.sqrt(sampleVariance(differences) / 100);
  expect(difference!.points).toBeCloseTo(5, 9);
  expect((difference!.high - difference!.low) / 2 / halfWidth).toBeCloseTo(1, 1);
});

test("all pairs come in the order of the arms, adjusted as one family; an arm's fewer seeds are named", () => {
  const { task, arms } = simulateSuite({
    accuracies: [0.9, 0.5, 0.7],
    examples: 300,
    seeds: 2,
    noise: { seed: 0.001, arm: 0.1, seedAndExample: 0.1 },
    random: normalValues(6),
  });
  const found = compareOnTask({ task, arms: [arms[0]!, { ...arms[1]!, seeds: arms[1]!.seeds.slice(1) }, arms[2]!] });
  expect(found.map(({ first, second }) => first + second)).toEqual(["01", "02", "12"]);
  expect(found.map(({ seeds }) => seeds)).toEqual([1, 2, 1]);
  const least = Math.min(...found.map(({ p }) => p));
  expect(Math.min(...found.map(({ adjustedP }) => adjustedP))).toBeCloseTo(3 * least, 12);
});

test("fewer than two arms have no pair", () => {
  expect(compareOnTask({ task: findTask("sst2"), arms: [] })).toEqual([]);
  expect(compareOnTask({ task: findTask("sst2"), arms: [armOf("a", references, [wrong])] })).toEqual([]);
});

test("answers to other examples are refused", () => {
  const a = armOf("a", references, [references]);
  const compared = (b: typeof a) => () => compareOnTask({ task: findTask("sst2"), arms: [a, b] });
  expect(compared(armOf("b", wrong, [wrong]))).toThrow(
    "sst2, b: expected the examples of a, got another reference of dev's example 1",
  );
  expect(compared(armOf("b", [0], [[0]]))).toThrow("got 1 references and 1 predictions of dev, not 8");
  expect(compared(armOf("b", references, [[0]]))).toThrow("got 8 references and 1 predictions of dev, not 8");
  expect(compared({ arm: "b", seeds: [] })).toThrow("sst2, b: expected answers of a seed, got none");
  const other = { arm: "b", seeds: [[{ split: "validation", references, predictions: wrong }]] };
  expect(compared(other)).toThrow("got those of validation and not of dev");
});

describe("examples in groups", () => {
  /** Each example `copies` times, in one group. */
  const repeated = ({ task, arms }: TaskAnswers, copies: number, isGrouped: boolean): TaskAnswers => {
    const each = <Value>(values: readonly Value[]): Value[] => values.flatMap((value) => Array(copies).fill(value));
    const answers = ({ split, references, predictions }: SplitAnswers): SplitAnswers => ({
      ...{ split, references: each(references), predictions: each(predictions) },
      ...(isGrouped && { groups: each([...references.keys()]) }),
    });
    return { task, arms: arms.map(({ arm, seeds }) => ({ arm, seeds: seeds.map((splits) => splits.map(answers)) })) };
  };
  const numbers = (answers: TaskAnswers) => {
    const [{ points, low, high, p }] = compareOnTask(answers) as [ReturnType<typeof compareOnTask>[number]];
    return [points, low, high, p];
  };

  test("copies of an example in its group add no evidence, and copies that stand alone would", () => {
    const single = numbers(suite(5, 1));
    const close = single.map((value) => expect.closeTo(value, 9));
    expect(numbers(repeated(suite(5, 1), 3, true))).toEqual(close);
    const [, low, high] = numbers(repeated(suite(5, 1), 3, false));
    expect(high! - low!).toBeLessThan(0.7 * (single[2]! - single[1]!));
  });

  test("arms with other groups are not on the same examples", () => {
    const { task, arms } = repeated(suite(6, 1), 2, true);
    const other = arms[1]!.seeds.map((splits) =>
      splits.map((split) => ({ ...split, groups: split.groups!.toReversed() })),
    );
    expect(() => compareOnTask({ task, arms: [arms[0]!, { arm: "1", seeds: other }] })).toThrow(
      "expected the examples of 0, got other groups of dev's examples",
    );
  });
});

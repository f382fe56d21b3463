import { findTask } from "@petl/glue";
import { expect, test } from "vitest";
import { compareOnTask } from "../../src/statistics/compare-on-task.js";
import { compareOverTasks } from "../../src/statistics/compare-over-tasks.js";
import type { TaskAnswers } from "../../src/statistics/comparison.js";
import { normalValues, simulateSuite } from "./simulated-answers.js";

const suite = (seed: number, arms: number): TaskAnswers =>
  simulateSuite({
    accuracies: [0.84, 0.8, 0.8].slice(0, arms),
    examples: 500,
    seeds: 3,
    noise: { seed: 0.002, arm: 0.1, seedAndExample: 0.1 },
    random: normalValues(seed),
  });

test("over one task it is the comparison on that task", () => {
  const answers = suite(1, 3);
  expect(compareOverTasks([answers])).toEqual(compareOnTask(answers));
});

test("points are means over tasks, and only arms that have every task are compared", () => {
  const tasks = [suite(2, 3), { ...suite(3, 2), task: findTask("qnli") }, { ...suite(4, 3), task: findTask("rte") }];
  const found = compareOverTasks(tasks);
  expect(found.map(({ first, second }) => first + second)).toEqual(["01"]);
  const onEach = tasks.map((task) => compareOnTask({ ...task, arms: task.arms.slice(0, 2) })[0]!);
  expect(found[0]!.points).toBeCloseTo((onEach[0]!.points + onEach[1]!.points + onEach[2]!.points) / 3, 12);
});

test("the same differences on more tasks are surer", () => {
  const once = suite(5, 2);
  const widthOver = (count: number) => {
    const [found] = compareOverTasks(Array.from({ length: count }, () => once));
    return found!.high - found!.low;
  };
  // a ninth of the variance is a third of the error; with more degrees of freedom t is shorter too
  expect(widthOver(9) / widthOver(1)).toBeLessThan(1 / 3);
  expect(widthOver(9) / widthOver(1)).toBeGreaterThan(1 / 3 / 3);
});

test("no task has no pair", () => {
  expect(compareOverTasks([])).toEqual([]);
});

import type { ArmAnswers, CompareOptions, Difference, TaskAnswers } from "./comparison.js";
import { differencesOf } from "./differences.js";
import type { PairEstimate } from "./pair-estimate.js";
import { pairsOnTask } from "./pairs-on-task.js";

/**
 * All pairs of the arms that have every task, by the mean of their scores over the tasks, in the order of the first task. The tasks
 * are these and no sample of others; the noise of each is as in `compareOnTask`, and tasks are independent of each other.
 *
 * @throws {Error} where the arms of a task are not on the same examples.
 */
export function compareOverTasks(tasks: readonly TaskAnswers[], options: CompareOptions = {}): readonly Difference[] {
  const named = (task: TaskAnswers, arm: string): ArmAnswers | undefined => task.arms.find((each) => each.arm === arm);
  const shared = (tasks[0]?.arms ?? []).filter(({ arm }) => tasks.every((task) => named(task, arm) !== undefined));
  const byTask = tasks.map((task) =>
    pairsOnTask({ task: task.task, arms: shared.map(({ arm }) => named(task, arm)!) }, options),
  );
  const pairs = (byTask[0] ?? []).map((_, pair) => meanOf(byTask.map((ofTask) => ofTask[pair]!)));
  return differencesOf(pairs);
}

/** One pair over its tasks. */
function meanOf(pairs: readonly PairEstimate[]): PairEstimate {
  const { first, second } = pairs[0]!;
  const sum = (of: (pair: PairEstimate) => number) => pairs.reduce((total, pair) => total + of(pair), 0);
  const scaled = (of: "variance" | "exampleVariance") =>
    pairs.flatMap((pair) =>
      pair[of].map(({ variance, degrees }) => ({ variance: variance / pairs.length ** 2, degrees })),
    );
  return {
    first,
    second,
    points: sum(({ points }) => points) / pairs.length,
    variance: scaled("variance"),
    exampleVariance: scaled("exampleVariance"),
    answeredApart: sum(({ answeredApart }) => answeredApart),
    most: sum(({ most }) => most) / pairs.length,
    seeds: Math.min(...pairs.map(({ seeds }) => seeds)),
  };
}

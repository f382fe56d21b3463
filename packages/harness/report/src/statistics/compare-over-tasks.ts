import type { CompareOptions, Difference, TaskAnswers } from "./comparison.js";
import { differencesOf } from "./differences.js";
import type { PairEstimate } from "./pair-estimate.js";
import { pairsOnTask } from "./pairs-on-task.js";
import { groupBy } from "./statistics.js";

/**
 * All pairs of the arms that have every task, by the mean of their scores over the tasks, in the order of the first task. The tasks
 * are these and no sample of others; the noise of each is as in `compareOnTask`, and tasks are independent of each other.
 *
 * @throws {Error} where the arms of a task are not on the same examples.
 */
export function compareOverTasks(tasks: readonly TaskAnswers[], options: CompareOptions = {}): readonly Difference[] {
  return differencesOverTasks(tasks.map((task) => pairsOnTask(task, options)));
}

/** The same from the pairs of each task: what is known of a pair does not depend on which other arms there are. */
export function differencesOverTasks(byTask: readonly (readonly PairEstimate[])[]): Difference[] {
  const [first = [], ...others] = byTask;
  const find = others.map(pairFinder);
  const shared = first.flatMap((pair): PairEstimate[][] => {
    const all = find.map((same) => same(pair));
    return all.every((each) => each !== undefined) ? [[pair, ...all]] : [];
  });
  return differencesOf(shared.map(meanOf));
}

type Arms = Pick<PairEstimate, "first" | "second">;

/** What finds the pair of the same arms among many. */
function pairFinder(pairs: readonly PairEstimate[]): (arms: Arms) => PairEstimate | undefined {
  const byFirst = groupBy(pairs, ({ first }) => first);
  const byArms = new Map([...byFirst].map(([first, own]) => [first, new Map(own.map((pair) => [pair.second, pair]))]));
  return ({ first, second }) => byArms.get(first)?.get(second);
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

import { type Baseline, baselineMean } from "../model/baseline.js";
import type { SummaryRow, Task, TaskResult } from "../model/model.js";
import type { Standing, Standings } from "../model/standing.js";
import { differencesOverTasks } from "../statistics/compare-over-tasks.js";
import type { Difference } from "../statistics/comparison.js";
import { differencesOf } from "../statistics/differences.js";
import type { PairEstimate } from "../statistics/pair-estimate.js";
import { pairsOnTask } from "../statistics/pairs-on-task.js";
import { resamplesFor } from "../statistics/resampled-scores.js";
import { distinct, type Interval } from "../statistics/statistics.js";
import { taskAnswers } from "./task-answers.js";
import type { VariantRecords } from "./variants.js";

interface Input {
  readonly variants: readonly VariantRecords[];
  readonly tasks: readonly Task[];
  readonly commonTasks: readonly string[];
  readonly results: readonly TaskResult[];
  readonly summary: readonly SummaryRow[];
  readonly baselines: readonly Baseline[];
}

interface Scored {
  readonly variant: string;
  readonly mean: number;
  readonly interval: Interval | null;
}

type Tested = { readonly differences: readonly Difference[]; readonly resamples: number } | { readonly reason: string };

/** The pairs of a task's variants, or why they cannot be tested. */
type FoundPairs = { readonly pairs: readonly PairEstimate[]; readonly resamples: number } | { readonly reason: string };

/** Which variants are the best on each task and by each mean over the common ones, as far as noise lets it be said. */
export function standingsOf(input: Input): Standings {
  const pairs = new Map(input.tasks.map(({ name }) => [name, pairsOf(name, input.variants)])); // once: it resamples
  const tasks = input.tasks.map(({ name, label }) => {
    const scored = input.results.flatMap(({ task, variant, score, interval }): Scored[] =>
      task === name && score !== null ? [{ variant, mean: score.mean, interval }] : [],
    );
    const tested = () => testTask(pairs.get(name)!);
    return standing({ over: name, label, tasks: [name] }, scored, tested, input.baselines);
  });
  return { tasks, means: input.commonTasks.length === 0 ? [] : meanStandings(input, pairs) };
}

function meanStandings({ summary, baselines }: Input, pairs: ReadonlyMap<string, FoundPairs>): Standing[] {
  const means = summary.flatMap((row) => row.means.map((mean) => ({ variant: row.variant, ...mean })));
  return distinct(means.map(({ name }) => name)).map((name) => {
    const scored = means.filter((mean) => mean.name === name);
    const { tasks } = scored[0]!;
    const tested = () => testMean(tasks.map((task) => pairs.get(task)!));
    return standing({ over: name, label: name, tasks }, scored, tested, baselines);
  });
}

function pairsOf(task: string, variants: Input["variants"]): FoundPairs {
  const found = taskAnswers(task, variants);
  if ("reason" in found) return found;
  const resamples = resamplesFor(found.answers.arms.reduce((runs, { seeds }) => runs + seeds.length, 0));
  return { pairs: pairsOnTask(found.answers, { resamples }), resamples };
}

function testTask(found: FoundPairs): Tested {
  return "reason" in found ? found : { differences: differencesOf(found.pairs), resamples: found.resamples };
}

function testMean(found: readonly FoundPairs[]): Tested {
  const tasks = found.flatMap((each) => ("reason" in each ? [] : [each]));
  if (tasks.length < found.length) return found.find((each) => "reason" in each)!;
  return {
    differences: differencesOverTasks(tasks.map(({ pairs }) => pairs)),
    resamples: Math.min(...tasks.map(({ resamples }) => resamples)),
  };
}

function standing(
  { over, label, tasks }: Pick<Standing, "over" | "label"> & { readonly tasks: readonly string[] },
  scored: readonly Scored[],
  test: () => Tested,
  baselines: readonly Baseline[],
): Standing {
  const tested = scored.length < 2 ? { differences: [], resamples: 0 } : test();
  const differences = "reason" in tested ? [] : tested.differences;
  const best = scored.reduce<Scored | null>(
    (one, other) => (one === null || other.mean > one.mean ? other : one),
    null,
  );
  const known = baselines.flatMap((baseline) => {
    const score = baselineMean(baseline, tasks);
    return score === null ? [] : [{ label: baseline.label, score }];
  });
  const baseline = known.reduce<Standing["baseline"]>((a, b) => (a === null || b.score > a.score ? b : a), null);
  const isNear = ({ mean, interval }: Scored) => baseline !== null && (interval?.low ?? mean) <= baseline.score;
  return {
    ...{ over, label, differences, baseline },
    untested: "reason" in tested ? tested.reason : null,
    resamples: "reason" in tested ? 0 : tested.resamples,
    best: best?.variant ?? null,
    amongBest:
      best === null || differences.length === 0
        ? []
        : scored.filter(({ variant }) => !isTold(differences, variant, best.variant)).map(({ variant }) => variant),
    nearBaseline: scored.filter(isNear).map(({ variant }) => variant),
  };
}

/** Whether a test tells two variants apart; never one from itself. */
function isTold(differences: readonly Difference[], one: string, other: string): boolean {
  return differences.some(
    ({ first, second, isTold }) =>
      isTold && ((first === one && second === other) || (first === other && second === one)),
  );
}

import { type RunRecord, reportedScore } from "@petl/results";
import type { CostColumn } from "../model/cost-columns.js";
import type { Figure } from "../model/figure.js";
import type { NamedMean, SummaryRow, TaskResult } from "../model/model.js";
import type { SearchResult } from "../model/search.js";
import { distinct, type Interval, meanOf, present, spread } from "../statistics/statistics.js";
import { absent, joined, relativeTo, sumOf } from "./relative.js";
import { namedMeans } from "./task-names.js";
import { costsBy } from "./task-results.js";
import type { VariantRecords } from "./variants.js";

/** What a summary is made from: the completed records, the results of each variant and task, and the shared tasks. */
export interface SummaryInput {
  readonly variants: readonly VariantRecords[];
  readonly results: readonly TaskResult[];
  readonly search: readonly SearchResult[];
  readonly commonTasks: readonly string[];
  readonly reference: string | null;
  /** Of all variants: they say what their tasks are published in. */
  readonly records: readonly RunRecord[];
}

/** One row a variant, over the common tasks; where there are none, each variant's own tasks and nothing relative. */
export function summarize(input: SummaryInput): SummaryRow[] {
  const rows = input.variants.map((variant) => absoluteRow(variant, input));
  const reference = input.commonTasks.length > 0 ? rows.find((row) => row.variant === input.reference) : undefined;
  return rows.map((row) => ({
    ...row,
    means: row.means.map((mean) => ({ ...mean, relative: meanDifference(mean, reference, row === reference) })),
    costs: costsBy(({ key }) => relativeTo(row.costs[key], reference?.costs[key])),
    searchCosts: row.searchCosts && {
      timeS: relativeTo(row.searchCosts.timeS, reference?.searchCosts?.timeS),
      energyJ: relativeTo(row.searchCosts.energyJ, reference?.searchCosts?.energyJ),
    },
  }));
}

function absoluteRow({ variant, records }: VariantRecords, input: SummaryInput): SummaryRow {
  const own = input.results.filter((result) => result.variant === variant.id && result.seeds.length > 0);
  const results = input.commonTasks.length > 0 ? own.filter((result) => input.commonTasks.includes(result.task)) : own;
  const completed = records.filter(
    ({ status, run }) => status === "completed" && results.some((result) => result.task === run.task),
  );
  const costs = costsBy((column) => taskFigure(column, results));
  return {
    variant: variant.id,
    means: meansOf(completed, results, input.records),
    counts: records.find((record) => record.counts !== null)?.counts ?? null,
    costs,
    searchCosts: searchCosts(input.search, variant.id, results),
    pscp: null,
    memorySplit:
      present(completed.map(({ memory }) => memory?.peakTensorBytes.training)).find(
        (split) => split.total === costs.peakTensorBytes.value,
      ) ?? null,
  };
}

/** The mean of the tasks' means; its deviation is that of the per-seed means over the seeds that ran every task. */
function meansOf(
  records: readonly RunRecord[],
  results: readonly TaskResult[],
  all: readonly RunRecord[],
): NamedMean[] {
  const scored = results.filter((result) => result.score !== null);
  if (scored.length === 0) return [];
  return namedMeans(
    scored.map(({ task }) => task),
    all,
  ).map(({ name, tasks }) => {
    const own = tasks.map((task) => scored.find((result) => result.task === task)!);
    const mean = meanOf(own.map(({ score }) => score!.mean))!;
    const seedMeans = distinct(records.map(({ run }) => run.seed)).flatMap((seed) => {
      const scores = present(
        tasks.map((task) => {
          const record = records.find(({ run }) => run.seed === seed && run.task === task);
          return record && reportedScore(record)?.score;
        }),
      );
      return scores.length === tasks.length ? [meanOf(scores)!] : [];
    });
    const seeds = spread(seedMeans);
    const { deviation = null, count = 0, lowest = mean, highest = mean } = seeds ?? {};
    return { name, tasks, mean, deviation, count, lowest, highest, relative: null, interval: meanInterval(own, mean) };
  });
}

/** Around the mean of several tasks: their examples are drawn apart, so the widths add up as the root of their squares' sum. */
function meanInterval(results: readonly TaskResult[], mean: number): Interval | null {
  const parts = results.flatMap(({ score, interval }) =>
    interval === null ? [] : [{ below: score!.mean - interval.low, above: interval.high - score!.mean }],
  );
  if (parts.length < results.length) return null;
  const width = (side: "below" | "above") => Math.hypot(...parts.map((part) => part[side])) / parts.length;
  return { low: mean - width("below"), high: mean + width("above") };
}

/** The sums over tasks of what their searches took; null where there was none. */
function searchCosts(
  search: readonly SearchResult[],
  variant: string,
  results: readonly TaskResult[],
): SummaryRow["searchCosts"] {
  const own = search.filter((each) => each.variant === variant && results.some(({ task }) => task === each.task));
  if (own.length === 0) return null;
  return {
    timeS: joined(
      own.map(({ costs }) => costs.timeS),
      sumOf,
    ),
    energyJ: joined(
      own.map(({ costs }) => costs.energyJ),
      sumOf,
    ),
  };
}

/** A figure over tasks is there only if every task has it. */
function taskFigure(column: CostColumn, results: readonly TaskResult[]): Figure {
  const figures = results.map((result) => result.costs[column.key]);
  if (figures.length === 0) return absent(["no completed run"]);
  return joined(figures, column.over === "max" ? (values) => Math.max(...values) : sumOf);
}

function meanDifference(mean: NamedMean, reference: SummaryRow | undefined, isReference: boolean): number | null {
  const other = isReference ? undefined : reference?.means.find(({ name }) => name === mean.name);
  return other ? mean.mean - other.mean : null;
}

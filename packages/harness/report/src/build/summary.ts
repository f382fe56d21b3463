import type { RunRecord } from "@petl/results";
import type { CostColumn } from "../model/cost-columns.js";
import type { Figure, NamedMean, SummaryRow, TaskResult } from "../model/model.js";
import { distinct, meanOf, present, spread } from "../statistics/statistics.js";
import { namedMeans } from "./glue-tasks.js";
import { absent, costsBy } from "./task-results.js";
import type { VariantRecords } from "./variants.js";

/** What a summary is made from: the completed records, the results of each variant and task, and the shared tasks. */
export interface SummaryInput {
  readonly variants: readonly VariantRecords[];
  readonly results: readonly TaskResult[];
  readonly commonTasks: readonly string[];
  readonly reference: string | null;
  /** "MNLI", or which half of it was scored. */
  readonly mnli: string;
}

/** One row a variant, over the common tasks; where there are none, each variant's own tasks and nothing relative. */
export function summarize(input: SummaryInput): SummaryRow[] {
  const rows = input.variants.map((variant) => absoluteRow(variant, input));
  const reference = input.commonTasks.length > 0 ? rows.find((row) => row.variant === input.reference) : undefined;
  return rows.map((row) => ({
    ...row,
    means: row.means.map((mean) => ({ ...mean, relative: meanDifference(mean, reference, row === reference) })),
    costs: costsBy(({ key }) => ({ ...row.costs[key], relative: ratio(row.costs[key], reference?.costs[key]) })),
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
    means: meansOf(completed, results, input.mnli),
    counts: records.find((record) => record.counts !== null)?.counts ?? null,
    costs,
    memorySplit:
      present(completed.map(({ memory }) => memory?.peakTensorBytes.training)).find(
        (split) => split.total === costs.peakTensorBytes.value,
      ) ?? null,
  };
}

/** The mean of the tasks' means; its deviation is that of the per-seed means over the seeds that ran every task. */
function meansOf(records: readonly RunRecord[], results: readonly TaskResult[], mnli: string): NamedMean[] {
  const scored = results.filter((result) => result.best !== null);
  if (scored.length === 0) return [];
  return namedMeans(
    scored.map(({ task }) => task),
    mnli,
  ).map(({ name, tasks }) => {
    const mean = meanOf(present(tasks.map((task) => scored.find((result) => result.task === task)?.best?.mean)))!;
    const seedMeans = distinct(records.map(({ run }) => run.seed)).flatMap((seed) => {
      const scores = present(
        tasks.map((task) => records.find(({ run }) => run.seed === seed && run.task === task)?.scores?.best.score),
      );
      return scores.length === tasks.length ? [meanOf(scores)!] : [];
    });
    const seeds = spread(seedMeans);
    const { deviation = null, count = 0, lowest = mean, highest = mean } = seeds ?? {};
    return { name, tasks, mean, deviation, count, lowest, highest, relative: null };
  });
}

/** A figure over tasks is there only if every task has it. */
function taskFigure(column: CostColumn, results: readonly TaskResult[]): Figure {
  const figures = results.map((result) => result.costs[column.key]);
  if (figures.length === 0) return absent(["no completed run"]);
  const missing = figures.filter(({ value }) => value === null);
  if (missing.length > 0) return absent(missing.map(({ reason }) => reason));
  const values = present(figures.map(({ value }) => value));
  const value = column.over === "max" ? Math.max(...values) : values.reduce((sum, item) => sum + item, 0);
  return { value, reason: null, relative: null };
}

function ratio(figure: Figure, reference: Figure | undefined): number | null {
  if (figure.value === null || !reference?.value) return null; // a reference of 0 has no ratio
  return figure.value / reference.value;
}

function meanDifference(mean: NamedMean, reference: SummaryRow | undefined, isReference: boolean): number | null {
  const other = isReference ? undefined : reference?.means.find(({ name }) => name === mean.name);
  return other ? mean.mean - other.mean : null;
}

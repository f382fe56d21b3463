import { type RunRecord, reportedScore } from "@petl/results";
import { type CostColumn, type CostKey, costColumns } from "../model/cost-columns.js";
import type { Figure } from "../model/figure.js";
import type { TaskResult } from "../model/model.js";
import { distinct, meanOf, present, spread } from "../statistics/statistics.js";
import { disturbedNote, isDisturbed } from "./busy-machine.js";
import { absent, joined } from "./relative.js";
import { energyCheck, epochFigures, gpuConditions } from "./task-extras.js";

/** The figures of one variant on one task over its completed seeds; `records` are all of that variant and task. */
export function taskResult(variant: string, task: string, records: readonly RunRecord[]): TaskResult {
  const reported = present(records.map(reportedScore));
  const metricNames = distinct(reported.flatMap(({ metrics }) => Object.keys(metrics)));
  return {
    variant,
    task,
    seeds: records.map(({ run }) => run.seed).sort((a, b) => a - b),
    score: spread(reported.map(({ score }) => score)),
    validation: spread(present(records.map(({ scores }) => (scores?.test ? scores.best.score : null)))),
    last: spread(present(records.map(({ scores }) => scores?.last.score))),
    stepsToBest: meanOf(reported.map(({ step }) => step)),
    metrics: metricNames.map((name) => ({
      name,
      mean: meanOf(present(reported.map(({ metrics }) => metrics[name])))!,
    })),
    notices: scoreNotices(records),
    costs: costsBy((column) => seedFigure(column, records)),
    examples: sharedExamples(records),
    stepMedianS: meanOf(present(records.map(({ time }) => time?.stepMedianS))),
    tokensPerS: meanOf(present(records.map(({ time }) => time?.tokensPerS))),
    interval: meanInterval(records),
    energyCheck: energyCheck(records),
    epochs: epochFigures(records),
    conditions: gpuConditions(records),
  };
}

/** The notices beside the scores, each once; of several seeds, with the seed where not all have it. */
function scoreNotices(records: readonly RunRecord[]): string[] {
  const all = records.flatMap((record) =>
    (reportedScore(record)?.notices ?? []).map(({ message }) => ({ seed: record.run.seed, message })),
  );
  return distinct(all.map(({ message }) => message)).map((message) => {
    const seeds = all.filter((each) => each.message === message).map(({ seed }) => seed);
    return seeds.length === records.length ? message : `${message} (seed ${seeds.sort((a, b) => a - b).join(", ")})`;
  });
}

function meanInterval(records: readonly RunRecord[]): TaskResult["interval"] {
  const all = present(records.map((record) => reportedScore(record)?.interval));
  if (all.length === 0 || all.length < records.length) return null;
  return { low: meanOf(all.map(({ low }) => low))!, high: meanOf(all.map(({ high }) => high))! };
}

function sharedExamples(records: readonly RunRecord[]): number | null {
  const counts = distinct(records.map(({ scores }) => (scores?.test ?? scores?.evaluations.at(-1))?.examples ?? null));
  return counts.length === 1 ? counts[0]! : null;
}

/** One figure for every cost column. */
export function costsBy(figure: (column: CostColumn) => Figure): Record<CostKey, Figure> {
  return Object.fromEntries(costColumns.map((column) => [column.key, figure(column)])) as Record<CostKey, Figure>;
}

/** A figure over seeds is there only if every seed has it: a part would pass for the whole. */
function seedFigure(column: CostColumn, records: readonly RunRecord[]): Figure {
  if (records.length === 0) return absent([]);
  const figures = records.map((record): Figure => {
    const figure = { value: column.read(record), reason: column.reason(record), relative: null };
    return column.unit === "seconds" && isDisturbed(record) ? { ...figure, note: disturbedNote } : figure;
  });
  return joined(figures, (values) => (column.over === "max" ? Math.max(...values) : meanOf(values)!));
}

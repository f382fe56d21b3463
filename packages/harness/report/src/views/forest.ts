import type { ForestRow } from "../charts/forest-chart.js";
import { variantStyles } from "../charts/variant-styles.js";
import type { ReportGroup } from "../model/model.js";
import { formatScore } from "../text/format.js";
import { knownBaselines } from "./baseline-rows.js";

/** A forest plot of one task, and the same in words. */
export interface Forest {
  readonly title: string;
  readonly rows: readonly ForestRow[];
  readonly description: string;
}

/** One plot a task on which some method has several seeds or an interval; the baselines are its last rows. */
export function forests(group: ReportGroup): Forest[] {
  const styles = variantStyles(group);
  return group.tasks.flatMap(({ name, label }) => {
    const rows = group.variants.flatMap(({ id, label: variant }): ForestRow[] => {
      const result = group.results.find((item) => item.variant === id && item.task === name);
      if (!result?.score) return [];
      const { mean, lowest, highest, count } = result.score;
      const seeds = count > 1 ? { low: lowest, high: highest } : null;
      const { interval } = result;
      return [{ label: variant, colour: styles.get(id)!.colour, mean, seeds, interval, isBaseline: false }];
    });
    if (rows.length < 2 || rows.every(({ seeds, interval }) => seeds === null && interval === null)) return [];
    const all = [...rows, ...baselineRows(group, name)];
    return [{ title: `${label}: score`, rows: all, description: `${label}. ${all.map(rowText).join("; ")}` }];
  });
}

function baselineRows(group: ReportGroup, task: string): ForestRow[] {
  return knownBaselines(group).flatMap(({ label, scores }) =>
    scores
      .filter((each) => each.task === task)
      .map(({ score, interval }) => ({
        ...{ label, mean: score, interval, seeds: null, isBaseline: true },
        colour: "var(--muted)",
      })),
  );
}

function rowText({ label, mean, seeds, interval }: ForestRow): string {
  const parts = [`${label} ${formatScore(mean)}`];
  if (seeds) parts.push(`seeds ${formatScore(seeds.low)} to ${formatScore(seeds.high)}`);
  if (interval) parts.push(`95 % interval ${formatScore(interval.low)} to ${formatScore(interval.high)}`);
  return parts.join(", ");
}

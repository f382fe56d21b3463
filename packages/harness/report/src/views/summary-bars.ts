import type { BarPanel } from "../charts/bar-panels.js";
import { variantStyles } from "../charts/variant-styles.js";
import { baselineMean } from "../model/baseline.js";
import { type CostKey, costColumns } from "../model/cost-columns.js";
import type { ReportGroup } from "../model/model.js";
import { formatPercent, formatScore } from "../text/format.js";
import { knownBaselines } from "./baseline-rows.js";
import { formatCost, scoreText } from "./figures.js";
import { variantLabel } from "./variant-label.js";

const shownCosts: readonly CostKey[] = ["peakTensorBytes", "trainTimeS", "energyJ"];

/** The picture near the top: score, peak memory, training time and, where measured, energy, a bar a variant; beside the scores, the baselines. */
export function summaryPanels(group: ReportGroup): BarPanel[] {
  const rows = group.summary.filter(({ means }) => means.length > 0);
  if (rows.length === 0 || group.commonTasks.length === 0) return [];
  const label = (id: string) => variantLabel(group, id);
  const styles = variantStyles(group);
  const colour = (id: string) => styles.get(id)!.colour;
  const reference = group.reference === null ? null : label(group.reference);
  const { name, tasks } = rows[0]!.means[0]!;
  const score = {
    title: `Score (${name})`,
    bars: [
      ...rows.map(({ variant, means: [mean] }) => {
        return { label: label(variant), value: mean!.mean, text: scoreText(mean!), colour: colour(variant) };
      }),
      ...baselineBars(group, tasks),
    ],
  };
  const costs = costColumns
    .filter(({ key }) => shownCosts.includes(key) && rows.some((row) => row.costs[key].value !== null))
    .map((column): BarPanel => {
      const largest = Math.max(...rows.map((row) => row.costs[column.key].value ?? 0));
      const relative = reference !== null && rows.some((row) => row.costs[column.key].relative !== null);
      return {
        title: relative ? `${column.label}, % of ${reference}` : column.label,
        bars: rows.map(({ variant, costs }) => {
          const figure = costs[column.key];
          const own = figure.value === null ? "n/a" : formatCost(figure.value, column.unit, largest);
          const text = figure.relative === null ? own : `${formatPercent(figure.relative)} · ${own}`;
          const value = relative ? figure.relative : figure.value;
          return { label: label(variant), value, text, colour: colour(variant) };
        }),
      };
    });
  return [score, ...costs];
}

function baselineBars(group: ReportGroup, tasks: readonly string[]): BarPanel["bars"] {
  return knownBaselines(group).flatMap((baseline) => {
    const value = baselineMean(baseline, tasks);
    return value === null ? [] : [{ label: baseline.label, value, text: formatScore(value), colour: "var(--line)" }];
  });
}

/** A panel in words, for those who do not see it. */
export function panelDescription({ title, bars }: BarPanel): string {
  return `${title}: ${bars.map(({ label, text }) => `${label} ${text}`).join(", ")}`;
}

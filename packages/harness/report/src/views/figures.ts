import type { CostColumn } from "../model/cost-columns.js";
import type { Figure } from "../model/figure.js";
import type { NamedMean } from "../model/model.js";
import type { Spread } from "../statistics/statistics.js";
import { formatBytes, formatEnergy, formatPercent, formatPoints, formatScore, formatSeconds } from "../text/format.js";

/** A figure of a cost column as text; `largest` is the column's largest value, which sets the unit of energy. */
export function formatCost(value: number, unit: CostColumn["unit"], largest: number): string {
  if (unit === "bytes") return formatBytes(value);
  if (unit === "seconds") return formatSeconds(value);
  return formatEnergy(value, largest);
}

/** A cell for each figure of one column, with the percentage of the reference as detail. */
export function costCells(figures: readonly Figure[], { unit }: Pick<CostColumn, "unit">) {
  const largest = Math.max(0, ...figures.map(({ value }) => Math.abs(value ?? 0)));
  return figures.map((figure) =>
    figure.value === null
      ? { missing: figure.reason ?? "not recorded" }
      : {
          text: formatCost(figure.value, unit, largest),
          detail: figure.relative === null ? null : formatPercent(figure.relative),
          value: figure.value,
          relative: true,
          note: figure.note ?? null,
        },
  );
}

/** A mean score as "61.5", with its standard deviation over several seeds as "61.5 ± 0.8". */
export function scoreText({ mean, deviation }: Pick<Spread, "mean" | "deviation">): string {
  return deviation === null ? formatScore(mean) : `${formatScore(mean)} ± ${formatScore(deviation)}`;
}

/** A mean score with its difference from the reference in points, its marks and what a reader must know of it. */
export function meanCell(mean: NamedMean | undefined, { name = false, note = null as string | null, mark = "" } = {}) {
  if (!mean) return { missing: "no completed run" };
  const detail = mean.relative === null ? null : formatPoints(mean.relative);
  return {
    text: name ? `${scoreText(mean)}, ${mean.name}` : scoreText(mean),
    detail,
    value: mean.mean,
    relative: true,
    note,
    mark,
  };
}

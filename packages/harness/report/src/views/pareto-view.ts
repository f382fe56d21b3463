import { variantStyles } from "../charts/variant-styles.js";
import { costColumns } from "../model/cost-columns.js";
import { methodParams } from "../model/method-params.js";
import type { ReportGroup } from "../model/model.js";
import type { ParetoData, ParetoPoint } from "../statistics/pareto.js";
import { formatCount } from "../text/format.js";
import { formatCost, scoreText } from "./figures.js";
import { scaleOf } from "./scale.js";
import { variantLabel } from "./variant-label.js";

/** The scatter's points and the axes that at least two methods have; null where there are not two to compare. */
export function paretoData(group: ReportGroup): ParetoData | null {
  const rows = group.summary.filter(({ means }) => means.length > 0);
  if (rows.length < 2 || group.commonTasks.length === 0) return null;
  const columns = costColumns.filter(({ inSummary }) => inSummary);
  const scales = columns.map((column) => {
    const largest = Math.max(0, ...rows.map(({ costs }) => costs[column.key].value ?? 0));
    return { ...scaleOf(column.unit, largest), largest };
  });
  const axes = [
    { key: "score", label: `Score, ${rows[0]!.means[0]!.name}`, unit: "", better: "more" as const },
    { key: "trainableParams", label: "Trainable parameters", unit: "", better: "less" as const },
    ...columns.map(({ key, label }, index) => ({ key, label, unit: scales[index]!.unit, better: "less" as const })),
  ];
  const styles = variantStyles(group);
  const points = rows.map(({ variant, means, counts, costs }): ParetoPoint => {
    const values: Record<string, number | null> = {
      score: means[0]!.mean,
      trainableParams: counts && methodParams(counts).trained,
    };
    const texts: Record<string, string> = {
      score: scoreText(means[0]!),
      trainableParams: counts ? formatCount(methodParams(counts).trained) : "n/a",
    };
    for (const [index, { key, unit }] of columns.entries()) {
      const { value } = costs[key];
      const scale = scales[index]!;
      values[key] = value === null ? null : value / scale.divisor;
      texts[key] = value === null ? "n/a" : formatCost(value, unit, scale.largest);
    }
    return { label: variantLabel(group, variant), colour: styles.get(variant)!.colour, values, texts };
  });
  const measured = axes.filter(({ key }) => points.filter(({ values }) => values[key] !== null).length >= 2);
  const preferred = ["energyJ", "peakTensorBytes", "trainTimeS", "trainableParams"];
  const x = preferred.find((key) => measured.some((axis) => axis.key === key));
  return x === undefined ? null : { axes: measured, points, x, y: "score" };
}

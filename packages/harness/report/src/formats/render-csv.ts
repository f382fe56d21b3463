import { costColumns } from "../model/cost-columns.js";
import type { ReportGroup, ReportModel } from "../model/model.js";
import { variantLabel } from "../views/summary-table.js";
import { csvCell } from "./export/csv.js";

const units = { bytes: "Bytes", seconds: "S", joules: "J" } as const;

/**
 * Every method on every task as one row of numbers in SI units, means over seeds; RFC 4180. A missing figure is empty,
 * never 0. The head's parameters are among the trainable ones. Published figures are not in it.
 */
export function renderCsv(model: ReportModel): string {
  const headers = [
    ...["group", "method", "task", "seeds", "score", "scoreDeviation", "scoreLast", "examples"],
    ...costColumns.map(({ key, unit }) => (key.endsWith(units[unit]) ? key : `${key}_${units[unit]}`)),
    ...["stepMedianS", "tokensPerS", "trainableParams", "headParams", "totalParams", "backwardLayers", "layers"],
  ];
  const rows = model.groups.flatMap((group) =>
    group.results.filter(({ seeds }) => seeds.length > 0).map((result) => row(group, result)),
  );
  return [headers, ...rows].map((line) => `${line.map((cell) => csvCell(String(cell ?? ""))).join(",")}\r\n`).join("");
}

function row(group: ReportGroup, result: ReportGroup["results"][number]): (string | number | null | undefined)[] {
  const counts = group.summary.find(({ variant }) => variant === result.variant)?.counts;
  return [
    ...[group.name, variantLabel(group, result.variant), result.task, result.seeds.length],
    ...[result.best?.mean, result.best?.deviation, result.last?.mean, result.examples],
    ...costColumns.map(({ key }) => result.costs[key].value),
    ...[result.stepMedianS, result.tokensPerS],
    ...[counts?.trainableParams, counts?.headParams, counts?.totalParams, counts?.backwardLayers, counts?.layers],
  ];
}

import { costColumns } from "../model/cost-columns.js";
import type { ReportGroup, ReportModel } from "../model/model.js";
import { knownBaselines } from "../views/baseline-rows.js";
import { variantLabel } from "../views/variant-label.js";
import { csvCell } from "./export/csv.js";

const units = { bytes: "Bytes", seconds: "S", joules: "J" } as const;

/**
 * Every method on every task as one row of numbers in SI units, means over seeds, and below them the baselines of a group, which
 * have a score only; RFC 4180. A missing figure is empty, never 0. The head's parameters are among the trainable ones. Trials and
 * published figures are not in it.
 */
export function renderCsv(model: ReportModel): string {
  const headers = [
    ...["group", "method", "task", "seeds", "score", "scoreDeviation", "scoreLast", "examples"],
    ...costColumns.map(({ key, unit }) => (key.endsWith(units[unit]) ? key : `${key}_${units[unit]}`)),
    ...["stepMedianS", "tokensPerS", "trainableParams", "headParams", "totalParams", "backwardLayers", "layers"],
    ...["protocol", "scoreLow", "scoreHigh", "scoreValidation"],
  ];
  const rows = model.groups.flatMap((group) => [
    ...group.results.filter(({ seeds }) => seeds.length > 0).map((result) => row(group, result)),
    ...baselineRows(group, headers),
  ]);
  return [headers, ...rows].map((line) => `${line.map((cell) => csvCell(String(cell ?? ""))).join(",")}\r\n`).join("");
}

function row(group: ReportGroup, result: ReportGroup["results"][number]): (string | number | null | undefined)[] {
  const counts = group.summary.find(({ variant }) => variant === result.variant)?.counts;
  return [
    ...[group.name, variantLabel(group, result.variant), result.task, result.seeds.length],
    ...[result.score?.mean, result.score?.deviation, result.last?.mean, result.examples],
    ...costColumns.map(({ key }) => result.costs[key].value),
    ...[result.stepMedianS, result.tokensPerS],
    ...[counts?.trainableParams, counts?.headParams, counts?.totalParams, counts?.backwardLayers, counts?.layers],
    ...[group.protocol, result.interval?.low, result.interval?.high, result.validation?.mean],
  ];
}

function baselineRows(group: ReportGroup, headers: readonly string[]): (string | number | undefined)[][] {
  return knownBaselines(group).flatMap(({ label, scores }) =>
    scores.map(({ task, score, interval }) => {
      const known: Readonly<Record<string, string | number | undefined>> = {
        ...{ group: group.name, method: label, task, score, protocol: group.protocol },
        ...{ scoreLow: interval?.low, scoreHigh: interval?.high },
      };
      return headers.map((header) => known[header]);
    }),
  );
}

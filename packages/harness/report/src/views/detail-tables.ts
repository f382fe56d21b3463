import { type CostKey, costColumns } from "../model/cost-columns.js";
import type { ReportGroup, Spread, TaskResult } from "../model/model.js";
import { distinct } from "../statistics/statistics.js";
import { formatBytes, formatNumber, formatSeconds } from "../text/format.js";
import { costCells, scoreText } from "./figures.js";
import { eachResult, measurementTables } from "./measurement-tables.js";
import { memoryParts } from "./memory-bars.js";
import { variantLabel } from "./summary-table.js";
import { type Table, TableBuilder } from "./table.js";

/** The tables below the summary, without those that have no figure. */
export function detailTables(group: ReportGroup): Table[] {
  const energy = group.results.some(({ costs }) => costs.energyJ.value !== null);
  return [
    scoreTable(group),
    metricTable(group),
    costTable(
      "time-memory",
      "Time and memory by task",
      ["trainTimeS", "evalTimeS", "peakTensorBytes", "peakEvalTensorBytes", "peakHostBytes", "peakDeviceBytes"],
      group,
    ),
    ...(energy ? [costTable("energy", "Energy by task", ["energyJ", "trainEnergyJ", "netEnergyJ"], group)] : []),
    ...measurementTables(group),
    memorySplitTable(group),
  ].filter(({ rows }) => rows.length > 0);
}

const noRun = { missing: "no completed run" };

function scoreTable(group: ReportGroup): Table {
  const labels = group.tasks.map(({ label }) => label);
  const seeds = distinct(group.results.flatMap(({ best }) => (best === null ? [] : [best.count])));
  const uniform = seeds.length === 1;
  const over = uniform ? `${seeds[0]} ${seeds[0] === 1 ? "seed" : "seeds"}` : "n seeds";
  const deviation = uniform && seeds[0] === 1 ? "" : "mean ± standard deviation over ";
  const caption = `Scores by task: best evaluation, ${deviation}${over}`;
  const table = new TableBuilder(`${group.id}-scores`, caption, ["Method", ...labels]);
  for (const { id, label } of group.variants) {
    const cells = group.tasks.map(({ name }) => bestCell(resultOf(group, id, name), !uniform));
    table.row([label, ...cells]);
  }
  return table.build();
}

/** The best score with its notices as a note. */
function bestCell(result: TaskResult | undefined, withCount: boolean) {
  const cell = spreadCell(result?.best ?? null, withCount);
  return "missing" in cell ? cell : { ...cell, note: result!.notices.join("; ") || null };
}

function spreadCell(spread: Spread | null, withCount: boolean) {
  return spread === null
    ? noRun
    : { text: scoreText(spread), value: spread.mean, detail: withCount ? `n = ${spread.count}` : null };
}

function resultOf(group: ReportGroup, variant: string, task: string): TaskResult | undefined {
  return group.results.find((result) => result.variant === variant && result.task === task && result.seeds.length > 0);
}

function metricTable(group: ReportGroup): Table {
  const headers = ["Task", "Method", "Seeds", "Best score", "Last score", "Metrics at the best evaluation (means)"];
  const table = new TableBuilder(`${group.id}-metrics`, "Best and last evaluation, with metrics", headers, [0, 1, 5]);
  eachResult(group, (task, variant, result) => {
    const { seeds, last, metrics } = result;
    const text = metrics.map(({ name, mean }) => `${name} ${formatNumber(mean)}`).join(", ");
    table.row([task, variant, String(seeds.length), bestCell(result, false), spreadCell(last, false), text]);
  });
  return table.build();
}

function costTable(id: string, caption: string, keys: readonly CostKey[], group: ReportGroup): Table {
  const columns = costColumns
    .filter(({ key }) => keys.includes(key))
    .sort((a, b) => keys.indexOf(a.key) - keys.indexOf(b.key));
  const withTime = keys.includes("trainTimeS");
  const headers = [
    "Task",
    "Method",
    ...columns.map(({ label }) => label),
    ...(withTime ? ["Median step", "Tokens/s"] : []),
  ];
  const table = new TableBuilder(`${group.id}-${id}`, caption, headers, [0, 1]);
  const figures = columns.map((column) =>
    costCells(
      group.results.map(({ costs }) => costs[column.key]),
      column,
    ),
  );
  eachResult(group, (task, variant, result) => {
    const index = group.results.indexOf(result);
    const { stepMedianS, tokensPerS } = result;
    const speed = [
      stepMedianS === null ? { missing: "not recorded" } : { text: formatSeconds(stepMedianS), value: stepMedianS },
      tokensPerS === null ? { missing: "not recorded" } : { text: formatNumber(tokensPerS), value: tokensPerS },
    ];
    table.row([task, variant, ...figures.map((column) => column[index]!), ...(withTime ? speed : [])]);
  });
  return table.build();
}

function memorySplitTable(group: ReportGroup): Table {
  const headers = ["Method", "Total", ...Object.values(memoryParts)];
  const caption = "What the tensor memory holds at the training peak, for the task with the highest peak";
  const table = new TableBuilder(`${group.id}-memory-split`, caption, headers);
  for (const { variant, memorySplit } of group.summary) {
    if (memorySplit === null) continue;
    const split = (["total", ...Object.keys(memoryParts)] as (keyof typeof memorySplit)[]).map((part) => ({
      text: formatBytes(memorySplit[part]),
      value: memorySplit[part],
    }));
    table.row([variantLabel(group, variant), ...split]);
  }
  return table.build();
}

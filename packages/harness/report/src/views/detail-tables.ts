import { type CostKey, costColumns } from "../model/cost-columns.js";
import type { ReportGroup } from "../model/model.js";
import { formatBytes, formatNumber, formatSeconds } from "../text/format.js";
import { costCells } from "./figures.js";
import { eachResult, measurementTables } from "./measurement-tables.js";
import { memoryParts } from "./memory-bars.js";
import { metricTable, scoreTable } from "./score-tables.js";
import { type Table, TableBuilder } from "./table.js";
import { variantLabel } from "./variant-label.js";

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
  const parts = memoryParts(group);
  const headers = ["Method", "Total", ...parts.map(({ label }) => label)];
  const caption = "What the tensor memory holds at the training peak, for the task with the highest peak";
  const table = new TableBuilder(`${group.id}-memory-split`, caption, headers);
  for (const { variant, memorySplit } of group.summary) {
    if (memorySplit === null) continue;
    const held = [memorySplit.total, ...parts.map(({ of }) => of(memorySplit))];
    table.row([variantLabel(group, variant), ...held.map((value) => ({ text: formatBytes(value), value }))]);
  }
  return table.build();
}

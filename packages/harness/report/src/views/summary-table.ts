import { costColumns } from "../model/cost-columns.js";
import type { ReportGroup, ReportModel, SummaryRow } from "../model/model.js";
import { distinct } from "../statistics/statistics.js";
import { formatCount, formatPercent } from "../text/format.js";
import { costCells, meanCell } from "./figures.js";
import { type Table, TableBuilder } from "./table.js";

/** The one-row-a-method table: score, parameters, backward depth and costs, each beside its relation to the reference. */
export function summaryTable(group: ReportGroup): Table {
  const names = distinct(group.summary.flatMap(({ means }) => means.map(({ name }) => name)));
  const shared = group.summary.every(({ means }) => means.length === 0 || means.length === names.length);
  const columns = costColumns.filter(({ inSummary }) => inSummary);
  const scoreHeaders = shared && names.length > 0 ? names.map((name) => `Score, ${name}`) : ["Score"];
  const headers = [
    "Method",
    ...scoreHeaders,
    "Trainable parameters",
    "Backward through",
    ...columns.map(({ label }) => label),
  ];
  const table = new TableBuilder(`${group.id}-summary`, "Summary", headers);
  const cells = columns.map((column) =>
    costCells(
      group.summary.map(({ costs }) => costs[column.key]),
      column,
    ),
  );
  for (const [index, row] of group.summary.entries()) {
    const scores =
      shared && names.length > 0
        ? names.map((name) =>
            meanCell(
              row.means.find((mean) => mean.name === name),
              false,
            ),
          )
        : [meanCell(row.means[0], true)];
    table.row([
      variantLabel(group, row.variant),
      ...scores,
      ...countCells(row),
      ...cells.map((column) => column[index]!),
    ]);
  }
  return table.build();
}

function countCells({ counts }: SummaryRow) {
  if (counts === null) return [{ missing: "no run got that far" }, { missing: "no run got that far" }];
  const { trainableParams, totalParams, backwardLayers, layers } = counts;
  return [
    {
      text: formatCount(trainableParams),
      value: trainableParams,
      detail: totalParams > 0 ? formatPercent(trainableParams / totalParams) : null,
    },
    { text: `${backwardLayers} of ${layers} layers`, value: backwardLayers },
  ];
}

/** The printed name of a variant. */
export function variantLabel(group: ReportGroup, id: string): string {
  return group.variants.find((variant) => variant.id === id)?.label ?? id;
}

/** What a reader must know to read the summary: what is summed over what, and relative to what. */
export function summaryRemarks(group: ReportGroup, model: ReportModel): string[] {
  const remarks: string[] = [];
  const common = group.tasks.filter(({ name }) => group.commonTasks.includes(name)).map(({ label }) => label);
  const reference = group.variants.find(({ id }) => id === group.reference);
  if (common.length > 0) {
    const tasks = `the ${common.length === 1 ? "one task" : `${common.length} tasks`} that all compared methods completed (${common.join(", ")})`;
    remarks.push(
      `Over ${tasks}: scores are means, memory is the highest, time and energy are sums of the means over seeds.`,
    );
  } else if (group.summary.some(({ means }) => means.length > 0)) {
    remarks.push("No task was completed by all methods: each row is over its own tasks and rows must not be compared.");
  }
  if (reference && common.length > 0) {
    remarks.push(
      `Second figures are relative to ${reference.label}: costs in percent of its cost, scores in points of difference; trained parameters in percent of all.`,
    );
  } else if (model.reference !== null && !reference) {
    remarks.push(`Nothing is relative: no completed run of ${model.reference} to compare with.`);
  }
  for (const { label, reasons } of group.excludedTasks) {
    remarks.push(`${label} is left out of this table for all methods: ${reasons.join("; ")}.`);
  }
  return remarks;
}

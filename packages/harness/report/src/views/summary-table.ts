import { costColumns } from "../model/cost-columns.js";
import { methodParams } from "../model/method-params.js";
import type { NamedMean, ReportGroup, ReportModel, SummaryRow } from "../model/model.js";
import { distinct } from "../statistics/statistics.js";
import { formatCount, formatPercent } from "../text/format.js";
import { addBaselineRows, baselineRemarks } from "./baseline-rows.js";
import { costCells, meanCell } from "./figures.js";
import { markLegend, marksOf } from "./marks.js";
import { pscpColumns, pscpRemarks } from "./pscp-columns.js";
import { searchColumns } from "./search-tables.js";
import { type Table, TableBuilder } from "./table.js";
import { variantLabel } from "./variant-label.js";

/** One row for each method: score, parameters, backward depth and costs, each compared with the reference; then the baselines. */
export function summaryTable(group: ReportGroup): Table {
  const names = distinct(group.summary.flatMap(({ means }) => means.map(({ name }) => name)));
  const shared = group.summary.every(({ means }) => means.length === 0 || means.length === names.length);
  const columns = costColumns.filter(({ inSummary }) => inSummary);
  const search = searchColumns(group);
  const extra = pscpColumns(group);
  const scoreHeaders = shared && names.length > 0 ? names.map((name) => `Score, ${name}`) : ["Score"];
  const headers = [
    "Method",
    ...scoreHeaders,
    "Trainable parameters",
    "Backward through",
    ...columns.map(({ label }) => label),
    ...[...search, ...extra].map(({ header }) => header),
  ];
  const table = new TableBuilder(`${group.id}-summary`, "Summary", headers);
  const standing = (name: string) => group.standings.means.find(({ over }) => over === name);
  const cells = columns.map((column) =>
    costCells(
      group.summary.map(({ costs }) => costs[column.key]),
      column,
    ),
  );
  for (const [index, row] of group.summary.entries()) {
    const scores =
      shared && names.length > 0
        ? names.map((name) => {
            const mean = row.means.find((each) => each.name === name);
            const mark = marksOf(standing(name), row.variant);
            return meanCell(mean, { note: noticesOf(group, row, mean), mark });
          })
        : [meanCell(row.means[0], { name: true, note: noticesOf(group, row, row.means[0]) })];
    table.row([
      variantLabel(group, row.variant),
      ...scores,
      ...countCells(row),
      ...cells.map((column) => column[index]!),
      ...[...search, ...extra].map((column) => column.cells[index]!),
    ]);
  }
  if (group.commonTasks.length > 0 && names.length > 0) {
    const tasksOf = (name: string) =>
      group.summary.flatMap(({ means }) => means).find((mean) => mean.name === name)!.tasks;
    addBaselineRows(table, group, names.map(tasksOf), headers.length);
  }
  return table.build(markLegend(group.standings.means));
}

/** What to know of the scores that a mean is made of, with their tasks; null: nothing. */
function noticesOf(group: ReportGroup, { variant }: SummaryRow, mean: NamedMean | undefined): string | null {
  const results = group.results.filter((each) => each.variant === variant && mean?.tasks.includes(each.task));
  const all = results.flatMap(({ task, notices }) => {
    const label = group.tasks.find(({ name }) => name === task)?.label ?? task;
    return notices.map((notice) => `${label} ${notice}`);
  });
  return all.join("; ") || null;
}

function countCells({ counts }: SummaryRow) {
  if (counts === null) return [{ missing: "no run got this far" }, { missing: "no run got this far" }];
  const { backwardLayers, layers } = counts;
  const { trained, share } = methodParams(counts);
  return [
    {
      text: formatCount(trained),
      value: trained,
      detail: share === null ? null : formatPercent(share),
    },
    { text: `${backwardLayers} of ${layers} layers`, value: backwardLayers },
  ];
}

/** What a reader must know to read the summary: what the figures are over, what they compare with, and what they do not show. */
export function summaryRemarks(group: ReportGroup, model: ReportModel): string[] {
  const remarks: string[] = [];
  const common = group.tasks.filter(({ name }) => group.commonTasks.includes(name)).map(({ label }) => label);
  const reference = group.variants.find(({ id }) => id === group.reference);
  if (common.length > 0) {
    remarks.push(
      common.length === 1
        ? `All figures are for ${common[0]}, the one task that every method completed.`
        : `Scores are means over the ${common.length} tasks that every method completed (${common.join(", ")}). Memory is the highest of these tasks. Times and energies are sums over them, of means over seeds.`,
    );
  } else if (group.summary.some(({ means }) => means.length > 0)) {
    remarks.push("No task was completed by every method: each row is over its own tasks, so rows cannot be compared.");
  }
  if (reference && common.length > 0) {
    remarks.push(
      `Second figures compare with ${reference.label}: costs as a percentage of its cost, scores as a difference in points. For trainable parameters, they are the share of all parameters.`,
    );
  } else if (model.reference !== null && !reference) {
    remarks.push(`No figure is relative: there is no completed run of ${model.reference} to compare with.`);
  }
  remarks.push(...baselineRemarks(group));
  const [least, most] = group.headParams;
  if (least !== undefined) {
    const size = most === undefined ? formatCount(least) : `${formatCount(least)} to ${formatCount(most)}`;
    remarks.push(
      `Trainable parameters are those of the method. The head of a task has ${size} more, which every method trains.`,
    );
  }
  remarks.push(...pscpRemarks(group), ...group.timeNotices);
  for (const { label, reasons } of group.excludedTasks) {
    remarks.push(`${label} is left out of this table for all methods: ${reasons.join("; ")}.`);
  }
  return remarks;
}

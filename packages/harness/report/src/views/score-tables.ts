import type { ReportGroup, TaskResult } from "../model/model.js";
import { distinct, type Spread } from "../statistics/statistics.js";
import { formatNumber } from "../text/format.js";
import { scoredHow } from "../text/protocol.js";
import { addBaselineRows } from "./baseline-rows.js";
import { scoreText } from "./figures.js";
import { markLegend, marksOf, standingOn } from "./marks.js";
import { eachResult } from "./measurement-tables.js";
import { type Table, TableBuilder } from "./table.js";

const noRun = { missing: "no completed run" };

/** Scores, a row a method and a column a task, and the baselines below. */
export function scoreTable(group: ReportGroup): Table {
  const labels = group.tasks.map(({ label }) => label);
  const seeds = distinct(group.results.flatMap(({ score }) => (score === null ? [] : [score.count])));
  const uniform = seeds.length === 1;
  const over = uniform ? `${seeds[0]} ${seeds[0] === 1 ? "seed" : "seeds"}` : "n seeds";
  const deviation = uniform && seeds[0] === 1 ? "" : "mean ± standard deviation over ";
  const caption = `Scores by task: ${scoredHow[group.protocol]}; ${deviation}${over}`;
  const headers = ["Method", ...labels];
  const table = new TableBuilder(`${group.id}-scores`, caption, headers);
  for (const { id, label } of group.variants) {
    const cells = group.tasks.map(({ name }) => scoreCell(group, resultOf(group, id, name), !uniform));
    table.row([label, ...cells]);
  }
  addBaselineRows(
    table,
    group,
    group.tasks.map(({ name }) => [name]),
    headers.length,
  );
  return table.build(markLegend(group.standings.tasks));
}

/** Scores beside those of the evaluations while training, and the metrics they are made of. */
export function metricTable(group: ReportGroup): Table {
  const isTuned = group.protocol === "tuned";
  const during = isTuned ? ["Best on held-out rows", "Last on held-out rows"] : ["Last evaluation"];
  const headers = ["Task", "Method", "Seeds", "Score", ...during, "Metrics of the score (means)"];
  const caption = "Scores, evaluations while training, and metrics";
  const table = new TableBuilder(`${group.id}-metrics`, caption, headers, [0, 1, headers.length - 1]);
  eachResult(group, (task, variant, result) => {
    const { seeds, validation, last, metrics } = result;
    const text = metrics.map(({ name, mean }) => `${name} ${formatNumber(mean)}`).join(", ");
    const evaluations = [...(isTuned ? [spreadCell(validation)] : []), spreadCell(last)];
    table.row([task, variant, String(seeds.length), scoreCell(group, result), ...evaluations, text]);
  });
  return table.build(markLegend(group.standings.tasks));
}

/** The score with its marks, and its notices as a note. */
function scoreCell(group: ReportGroup, result: TaskResult | undefined, withCount = false) {
  const cell = spreadCell(result?.score ?? null, withCount);
  if ("missing" in cell) return cell;
  const { variant, task, notices } = result!;
  return { ...cell, note: notices.join("; ") || null, mark: marksOf(standingOn(group, task), variant) };
}

function spreadCell(spread: Spread | null, withCount = false) {
  return spread === null
    ? noRun
    : { text: scoreText(spread), value: spread.mean, detail: withCount ? `n = ${spread.count}` : null };
}

function resultOf(group: ReportGroup, variant: string, task: string): TaskResult | undefined {
  return group.results.find((result) => result.variant === variant && result.task === task && result.seeds.length > 0);
}

import type { ReportGroup, Series, Spend } from "../model/model.js";
import { evaluatedOn } from "../text/protocol.js";
import { slug } from "../text/text.js";
import { knownBaselines } from "./baseline-rows.js";
import { scaleOf } from "./scale.js";

/** A curve picture to be drawn; `name` is unique in its group and safe as a file name. */
export interface CurveChart {
  readonly name: string;
  readonly title: string;
  readonly xName: string;
  readonly description: string;
  readonly lines: readonly Series[];
  /** Heights to compare the lines with. */
  readonly levels: readonly { readonly label: string; readonly value: number }[];
}

/** Of each task: loss and score over steps, score over cost; those that would show no line are left out. */
export function curveCharts(group: ReportGroup): CurveChart[][] {
  const score = `score on ${evaluatedOn[group.protocol]}`;
  const tasks = group.curves.map(({ name, label, loss, score: scores, spend }, index) => {
    const file = `${String(index + 1).padStart(2, "0")}-${slug(name)}`;
    return [
      ...charted(`${file}-loss`, `${label}: training loss`, "training step", loss),
      ...charted(`${file}-score`, `${label}: ${score}`, "training step", scores, levelsOn(group, name)),
      ...spendCharts(file, `${label}: ${score}`, spend),
    ];
  });
  return tasks.filter((charts) => charts.length > 0);
}

/** The baselines of a task, where its curves are on the examples that they are for. */
function levelsOn(group: ReportGroup, task: string): CurveChart["levels"] {
  if (group.protocol === "tuned") return [];
  return knownBaselines(group).flatMap(({ label, scores }) =>
    scores.filter((each) => each.task === task).map(({ score }) => ({ label, value: score })),
  );
}

/** Score against what training had cost by then, over the common tasks: time, and energy where it was measured. */
export function meanSpendCharts({ spend, commonTasks, protocol }: ReportGroup): CurveChart[] {
  const score = commonTasks.length === 1 ? "Score" : `Mean score of ${commonTasks.length} tasks`;
  return spendCharts("spend", `${score} on ${evaluatedOn[protocol]}`, spend);
}

/** What the best of so many trials scores on held-out rows: a chart a task. */
export function expectedBestCharts({ expectedBest }: ReportGroup): CurveChart[] {
  return expectedBest.flatMap(({ name, label, lines }, index) => {
    const file = `search-${String(index + 1).padStart(2, "0")}-${slug(name)}`;
    return charted(file, `${label}: expected best score on held-out rows`, "number of trials", lines);
  });
}

function spendCharts(file: string, title: string, { time, energy }: Spend): CurveChart[] {
  return [
    ...charted(`${file}-by-time`, `${title} by training time`, ...scaled("training time", "seconds", time)),
    ...charted(`${file}-by-energy`, `${title} by training energy`, ...scaled("training energy", "joules", energy)),
  ];
}

/** The lines in the unit that suits the longest, and what the axis is called. */
function scaled(name: string, unit: "seconds" | "joules", lines: readonly Series[]): [string, Series[]] {
  const largest = Math.max(0, ...lines.map(({ points }) => points.at(-1)?.[0] ?? 0));
  const scale = scaleOf(unit, largest);
  const inUnit = lines.map(({ variant, points }) => ({
    variant,
    points: points.map(([x, value]) => [x / scale.divisor, value] as const),
  }));
  return [`${name} so far, ${scale.unit}`, inUnit];
}

function charted(
  name: string,
  title: string,
  xName: string,
  lines: readonly Series[],
  levels: CurveChart["levels"] = [],
): CurveChart[] {
  if (!lines.some(({ points }) => points.length > 1)) return [];
  const beside = levels.map(({ label }) => `, ${label.toLowerCase()}`).join("");
  return [
    { name, title, xName, lines, levels, description: `${title}, over ${xName}, ${lines.length} lines${beside}` },
  ];
}

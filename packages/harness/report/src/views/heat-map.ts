import type { ReportGroup, TaskResult } from "../model/model.js";
import { distinct, present } from "../statistics/statistics.js";
import { formatPoints } from "../text/format.js";
import { scoreText } from "./figures.js";
import { standingOn } from "./marks.js";

/** Scores of every method on every task, coloured within a task; in a page it takes the place of the table with the same id. */
export interface HeatMap {
  readonly id: string;
  readonly tasks: readonly string[];
  readonly rows: readonly { readonly label: string; readonly cells: readonly HeatCell[] }[];
}

interface HeatCell {
  readonly text: string;
  readonly detail: string | null;
  /**
   * Percent of colour: 100 for the best and what cannot be told from it, less the further below. Null: no score, or nothing that noise
   * does not explain.
   */
  readonly shade: number | null;
}

/** Of what can just be told from the best; the task's worst has none. */
const mostBelowBest = 60;

/** Null where there are not two methods and two tasks. */
export function heatMap(group: ReportGroup): HeatMap | null {
  const variants = group.variants.filter(({ id }) => group.results.some((r) => r.variant === id && r.score !== null));
  if (variants.length < 2 || group.tasks.length < 2) return null;
  const uniform = distinct(present(group.results.map(({ score }) => score?.count))).length === 1;
  return {
    id: `${group.id}-scores`,
    tasks: group.tasks.map(({ label }) => label),
    rows: variants.map(({ id, label }) => ({
      label,
      cells: group.tasks.map(({ name }) => heatCell(group, id, name, uniform)),
    })),
  };
}

function heatCell(group: ReportGroup, variant: string, task: string, uniform: boolean): HeatCell {
  const scoreOf = (id: string | null) => resultOf(group, id, task)?.score ?? null;
  const own = scoreOf(variant);
  if (own === null) return { text: "n/a", detail: null, shade: null };
  const reference = variant === group.reference ? null : scoreOf(group.reference);
  const details = [
    ...(reference === null ? [] : [formatPoints(own.mean - reference.mean)]),
    ...(uniform ? [] : [`n = ${own.count}`]),
  ];
  const detail = details.length === 0 ? null : details.join(", ");
  return { text: scoreText(own), detail, shade: shadeOf(group, variant, task, own.mean) };
}

function shadeOf(group: ReportGroup, variant: string, task: string, score: number): number | null {
  const { amongBest = [] } = standingOn(group, task) ?? {};
  const all = present(group.results.filter((result) => result.task === task).map((result) => result.score?.mean));
  if (amongBest.length === 0 || amongBest.length === all.length) return null;
  if (amongBest.includes(variant)) return 100;
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return Math.round((mostBelowBest * (score - low)) / (high - low));
}

function resultOf({ results }: ReportGroup, variant: string | null, task: string): TaskResult | undefined {
  return results.find((result) => result.variant === variant && result.task === task);
}

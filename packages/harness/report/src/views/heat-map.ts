import type { ReportGroup } from "../model/model.js";
import { distinct, present } from "../statistics/statistics.js";
import { formatPoints } from "../text/format.js";
import { scoreText } from "./figures.js";

/** Scores of every method on every task, coloured within a task; in a page it takes the place of the table with the same id. */
export interface HeatMap {
  readonly id: string;
  readonly tasks: readonly string[];
  readonly rows: readonly { readonly label: string; readonly cells: readonly HeatCell[] }[];
}

interface HeatCell {
  readonly text: string;
  readonly detail: string | null;
  /** 0 (the task's worst) to 100 (its best), in percent of colour; null: no score or nothing to tell apart. */
  readonly shade: number | null;
  readonly best: boolean;
}

/** Null where there are not two methods and two tasks. */
export function heatMap(group: ReportGroup): HeatMap | null {
  const variants = group.variants.filter(({ id }) => group.results.some((r) => r.variant === id && r.best !== null));
  if (variants.length < 2 || group.tasks.length < 2) return null;
  const best = (variant: string, task: string) =>
    group.results.find((result) => result.variant === variant && result.task === task)?.best ?? null;
  const score = (variant: string, task: string) => best(variant, task)?.mean ?? null;
  const uniform = distinct(present(group.results.map((result) => result.best?.count))).length === 1;
  return {
    id: `${group.id}-scores`,
    tasks: group.tasks.map(({ label }) => label),
    rows: variants.map(({ id, label }) => ({
      label,
      cells: group.tasks.map(({ name }): HeatCell => {
        const own = score(id, name);
        if (own === null) return { text: "n/a", detail: null, shade: null, best: false };
        const all = variants.map((variant) => score(variant.id, name)).filter((value) => value !== null);
        const [low, high] = [Math.min(...all), Math.max(...all)];
        const reference = group.reference === null ? null : score(group.reference, name);
        const details = [
          ...(reference === null || id === group.reference ? [] : [formatPoints(own - reference)]),
          ...(uniform ? [] : [`n = ${best(id, name)!.count}`]),
        ];
        return {
          text: scoreText(best(id, name)!),
          detail: details.length === 0 ? null : details.join(", "),
          shade: high > low ? Math.round((100 * (own - low)) / (high - low)) : null,
          best: high > low && own === high,
        };
      }),
    })),
  };
}

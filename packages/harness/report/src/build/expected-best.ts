import { hasDiverged, type RunRecord } from "@petl/results";
import type { Series, Task } from "../model/model.js";
import { expectedBest } from "../statistics/expected-best.js";
import { distinct, present } from "../statistics/statistics.js";
import { cleanText } from "../text/text.js";
import type { Search } from "./search.js";
import { taskLabel } from "./task-names.js";

/**
 * What the best of so many trials scores on held-out examples, on average: a line a variant, from the trials of the first rung, which
 * are trained alike. A trial that diverged counts as the lowest score of its task. Tasks without two trials of a variant are left out.
 */
export function expectedBestOf(
  searches: readonly Search[],
  records: readonly RunRecord[],
): (Task & { readonly lines: readonly Series[] })[] {
  return distinct(searches.map(({ task }) => task)).flatMap((task) => {
    const own = searches.filter((search) => search.task === task);
    const lines = linesOf(own);
    if (lines.length === 0) return [];
    return [{ name: task, label: cleanText(taskLabel(task, records)), lines }];
  });
}

function linesOf(searches: readonly Search[]): Series[] {
  const scored = searches.map(({ variant, trials }) => ({
    variant,
    outcomes: trials.filter(isFirstRung).map(outcome),
  }));
  const lowest = Math.min(...present(scored.flatMap(({ outcomes }) => outcomes)));
  return scored.flatMap(({ variant, outcomes }) => {
    const values = outcomes.map((score) => score ?? lowest);
    if (variant === null || values.length < 2 || !values.every(Number.isFinite)) return [];
    const points = expectedBest(values).map(({ trials, mean }) => [trials, mean] as const);
    return [{ variant, points }];
  });
}

/** Trials that ended otherwise than by their training say nothing of their settings. */
function isFirstRung(trial: RunRecord): boolean {
  return trial.run.trial?.rung === 1 && (trial.status === "completed" || hasDiverged(trial));
}

/** Null for one that diverged. */
function outcome(trial: RunRecord): number | null {
  return hasDiverged(trial) ? null : (trial.scores?.best.score ?? null);
}

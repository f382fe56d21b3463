import { type MetricName, rowsByGroup, type ScoredTask } from "@petl/task";
import type { Scorer } from "./scorer.js";

/** As of one split: examples in groups, and what was answered by run. */
export interface Grouped {
  /** A number for each example, the same within a group. */
  readonly groups: readonly number[];
  readonly references: readonly unknown[];
  readonly predictions: readonly (readonly unknown[])[];
}

const ofGroups: MetricName = "group_exact_match";

/**
 * Scores examples that are drawn by group: a unit is a group, in place of an example. `scorerOf` gives the scorer of examples by the
 * metrics that know no groups.
 */
export function groupedScorer(
  task: ScoredTask,
  { groups, references, predictions }: Grouped,
  scorerOf: (task: ScoredTask) => Scorer,
): Scorer {
  const metrics = task.metrics.filter((name) => name !== ofGroups);
  const examples = metrics.length === 0 ? null : scorerOf({ ...task, metrics });
  const rows = rowsByGroup(groups);
  const units = rows.map((group) => group.map((row) => examples?.unitOf[row] ?? 0));
  const hasGroupMetric = metrics.length < task.metrics.length;
  const right = predictions.map((run) =>
    Uint8Array.from(rows, (group) => (group.every((row) => run[row] === references[row]) ? 1 : 0)),
  );
  return {
    unitOf: Int32Array.from(rows.keys()),
    units: rows.length,
    resample(counts) {
      const scoreExamples = examples?.resample(countExamples(counts, units, examples.units));
      return (run) => {
        const score = scoreExamples?.(run) ?? 0;
        if (!hasGroupMetric) return score;
        return (score * metrics.length + shareOf(right[run]!, counts)) / task.metrics.length;
      };
    },
  };
}

/** How often each unit of the examples' scorer comes, where group g comes `counts[g]` times. */
function countExamples(counts: Int32Array, groups: readonly (readonly number[])[], units: number): Int32Array {
  const counted = new Int32Array(units);
  for (const [group, count] of counts.entries())
    if (count > 0) for (const unit of groups[group]!) counted[unit]! += count;
  return counted;
}

/** In percent. */
function shareOf(right: Uint8Array, counts: Int32Array): number {
  let [hits, all] = [0, 0];
  for (let group = 0; group < counts.length; group++) {
    all += counts[group]!;
    hits += counts[group]! * right[group]!;
  }
  return (100 * hits) / all;
}

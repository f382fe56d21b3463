import type { RunRecord } from "@petl/results";
import { type Baseline, baselineScore } from "../model/baseline.js";
import type { Figure } from "../model/figure.js";
import type { Task } from "../model/model.js";
import type { ReachRow, TaskReach } from "../model/reach.js";
import { meanOf, present } from "../statistics/statistics.js";
import { formatScore } from "../text/format.js";
import { absent, joined, relativeTo } from "./relative.js";
import { spentAt } from "./spent-at.js";
import type { VariantRecords } from "./variants.js";

/**
 * What each variant took on each task until an evaluation first scored `share` of the reference's best one (a mean over seeds). Tasks that
 * the reference did not complete, or scored 0 or less on, have no target and are left out.
 */
export function reachOf(
  tasks: readonly Task[],
  variants: readonly VariantRecords[],
  { reference, share, baselines }: { reference: string | null; share: number; baselines: readonly Baseline[] },
): TaskReach[] {
  const own = variants.find(({ variant }) => variant.id === reference);
  if (own === undefined) return [];
  return tasks.flatMap(({ name, label }) => {
    const best = meanOf(present(completed(own, name).map(({ scores }) => scores?.best.score)));
    if (best === null || best <= 0) return [];
    const target = share * best;
    const rows = variants.flatMap((variant) => rowOf(variant, completed(variant, name), target));
    const base = rows.find(({ variant }) => variant === reference);
    return [
      { ...{ task: name, label, share, target, note: noteOf(target, name, baselines) }, rows: relative(rows, base) },
    ];
  });
}

function completed({ records }: VariantRecords, task: string): RunRecord[] {
  return records.filter(({ status, run, scores }) => status === "completed" && run.task === task && scores !== null);
}

function rowOf({ variant }: VariantRecords, runs: readonly RunRecord[], target: number): ReachRow[] {
  if (runs.length === 0) return [];
  const steps = runs.map(({ scores }) => scores!.evaluations.find(({ score }) => score >= target)?.step ?? null);
  const missed = steps.filter((step) => step === null).length;
  if (missed > 0) {
    const figure = absent([`not reached in ${missed} of ${runs.length} ${runs.length === 1 ? "seed" : "seeds"}`]);
    return [{ variant: variant.id, updates: figure, timeS: figure, energyJ: figure }];
  }
  const mean = (
    value: (run: RunRecord, step: number) => number | null,
    reason: (run: RunRecord) => string | null,
  ): Figure =>
    joined(
      runs.map((run, index) => ({ value: value(run, steps[index]!), reason: reason(run), relative: null })),
      (values) => meanOf(values)!,
    );
  return [
    {
      variant: variant.id,
      updates: mean(
        (_, step) => step,
        () => null,
      ),
      timeS: mean(
        (run, step) => spentAt(run, step, "timeS"),
        () => null,
      ),
      energyJ: mean(
        (run, step) => spentAt(run, step, "energyJ"),
        ({ energy }) => energy?.reason ?? null,
      ),
    },
  ];
}

function relative(rows: readonly ReachRow[], base: ReachRow | undefined): ReachRow[] {
  return rows.map((row) => ({
    variant: row.variant,
    updates: relativeTo(row.updates, base?.updates),
    timeS: relativeTo(row.timeS, base?.timeS),
    energyJ: relativeTo(row.energyJ, base?.energyJ),
  }));
}

function noteOf(target: number, task: string, baselines: readonly Baseline[]): string | null {
  const trivial = baselines.find((baseline) => (baselineScore(baseline, task) ?? Number.NEGATIVE_INFINITY) >= target);
  if (trivial === undefined) return null;
  const score = formatScore(baselineScore(trivial, task)!);
  return `reached without training: the ${trivial.label.toLowerCase()} scores ${score} on dev`;
}

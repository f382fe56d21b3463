import type { RunRecord } from "@petl/results";
import { sumOf } from "./relative.js";

interface Part {
  readonly steps: number;
  readonly cost: number | null;
}

/**
 * What training had cost at an update, evaluations left out: that of the epochs before and, as far as the update lies within an epoch, its
 * share of that epoch's updates. Null where it is not known.
 */
export function spentAt(record: RunRecord, step: number, what: "timeS" | "energyJ"): number | null {
  const costs: (number | null)[] = [];
  let left = step;
  for (const { steps, cost } of parts(record, what)) {
    if (left <= 0) break;
    const share = Math.min(1, left / steps);
    costs.push(cost === null ? null : cost * share);
    left -= steps;
  }
  if (left > 0 || costs.includes(null)) return null;
  return sumOf(costs as number[]);
}

/** The finished epochs, and what was trained after them. */
function parts({ epochs, time, energy }: RunRecord, what: "timeS" | "energyJ"): Part[] {
  const finished = epochs.map(({ steps, trainTimeS, trainGrossJ }): Part => {
    return { steps, cost: what === "timeS" ? trainTimeS : trainGrossJ };
  });
  const total = what === "timeS" ? (time?.trainTimeS ?? null) : (energy?.training?.grossJ ?? null);
  const known = finished.every(({ cost }) => cost !== null) ? sumOf(finished.map(({ cost }) => cost!)) : null;
  const steps = (time?.steps ?? 0) - sumOf(finished.map((part) => part.steps));
  if (steps <= 0) return finished;
  return [...finished, { steps, cost: total === null || known === null ? null : Math.max(0, total - known) }];
}

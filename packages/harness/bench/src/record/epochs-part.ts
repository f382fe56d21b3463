import type { Window } from "@petl/meter";
import type { EpochCost, RunRecord } from "@petl/results";
import type { Observation, WindowName } from "./observation.js";
import { totalS } from "./time-part.js";

type Windows = Readonly<Record<WindowName, readonly Window[]>>;
type EnergyPart = NonNullable<RunRecord["energy"]>;

/**
 * What each finished epoch cost: the windows of a run, cut where its epochs ended. An evaluation belongs to the epoch whose
 * weights it scored. `energyOf` integrates windows, as it does for the whole run.
 */
export function epochsPart(
  { epochs, steps, evaluations, windows }: Observation,
  energyOf: (windows: Windows) => EnergyPart,
): EpochCost[] {
  return epochs.map(({ epoch, atS }, index) => {
    const range = { fromS: epochs[index - 1]?.atS ?? Number.NEGATIVE_INFINITY, toS: atS };
    const own: Windows = {
      training: windows.training.flatMap((window) => within(window, range)),
      evaluation: windows.evaluation.filter((_, at) => evaluations[at]?.epoch === epoch),
    };
    const { training, evaluation } = energyOf(own);
    const ownSteps = steps.filter((step) => step.epoch === epoch);
    const ownEvaluations = evaluations.filter((each) => each.epoch === epoch);
    return {
      epoch,
      steps: ownSteps.length,
      trainTimeS: totalS(own.training),
      evalTimeS: totalS(own.evaluation),
      trainGrossJ: training?.grossJ ?? null,
      trainNetJ: training?.netJ ?? null,
      evalGrossJ: evaluation?.grossJ ?? null,
      evalNetJ: evaluation?.netJ ?? null,
      backboneForwards: { training: forwards(ownSteps), evaluation: forwards(ownEvaluations) },
    };
  });
}

/** The part of a window that lies in a range. */
function within({ fromS, toS }: Window, range: Window): Window[] {
  const part = { fromS: Math.max(fromS, range.fromS), toS: Math.min(toS, range.toS) };
  return part.toS > part.fromS ? [part] : [];
}

const forwards = (items: readonly { readonly backboneForwards: number }[]): number =>
  items.reduce((sum, { backboneForwards }) => sum + backboneForwards, 0);

import { type HostTrace, type Load, loadOver, type Window } from "@petl/meter";
import type { RunRecord } from "@petl/results";
import { whyNotWhole } from "./interrupted.js";
import type { Observation } from "./observation.js";

interface LoadPart {
  readonly load: NonNullable<RunRecord["load"]>;
  /** Processor seconds of the run's process in its training windows; null comes with the load's reason. */
  readonly processorS: number | null;
}

/** What the run's process took of the processors in its windows, and what others took meanwhile. */
export function loadPart(host: HostTrace | null, observation: Observation): LoadPart {
  const { training, evaluation } = observation.windows;
  const missing = host === null ? "the run's process could not be started" : whyNotWhole(observation, "its load");
  const over = (windows: readonly Window[]): { readonly value: Load | null; readonly reason: string | null } => {
    if (windows.length === 0) return { value: null, reason: null };
    return host === null || missing !== null ? { value: null, reason: missing } : loadOver(host.load, windows);
  };
  const [trained, evaluated] = [over(training), over(evaluation)];
  const untrained = evaluation.length > 0 ? "the run did not train" : "the run ended before its first window";
  return {
    load: {
      othersBusyShare: {
        training: trained.value?.othersShare ?? null,
        evaluation: evaluated.value?.othersShare ?? null,
      },
      loadAverage: host?.loadAverage ?? null,
      reason: missing ?? trained.reason ?? evaluated.reason ?? (training.length > 0 ? null : untrained),
    },
    processorS: trained.value?.ownS ?? null,
  };
}

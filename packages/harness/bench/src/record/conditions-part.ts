import { conditions, type Trace, type Window } from "@petl/meter";
import type { RunRecord } from "@petl/results";
import type { WindowName } from "./observation.js";

/** How the GPU ran from a run's first window to its last; null where it had none. */
export function conditionsPart(
  trace: Trace,
  windows: Readonly<Record<WindowName, readonly Window[]>>,
  coolDownS: number,
): RunRecord["conditions"] {
  const all = [...windows.training, ...windows.evaluation];
  if (all.length === 0) return null;
  const fromS = Math.min(...all.map((window) => window.fromS));
  const toS = Math.max(...all.map((window) => window.toS));
  const { pstates, ...rest } = conditions(trace, { fromS, toS });
  return { ...rest, pstates: [...pstates], powerLimitW: trace.gpu?.powerLimitW ?? null, coolDownS };
}

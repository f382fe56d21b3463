import { mean } from "../statistics.js";
import type { Window } from "../time.js";
import type { Trace } from "../trace/trace.js";

/** How the device ran during a window; null where the driver gives no such value. */
export interface Conditions {
  readonly meanSmClockHz: number | null;
  readonly lowestSmClockHz: number | null;
  readonly meanTemperatureC: number | null;
  readonly highestTemperatureC: number | null;
  /** 0 to 1. */
  readonly meanGpuUtilization: number | null;
  /** Every performance state seen. */
  readonly pstates: readonly string[];
}

/** Clock, temperature and utilization over a window: two runs compare only under like conditions. */
export function conditions(trace: Trace, window: Window): Conditions {
  const inside = trace.samples.filter(({ atS }) => atS >= window.fromS && atS <= window.toS);
  const of = (key: "smClockHz" | "temperatureC" | "gpuUtilization") => inside.flatMap((sample) => sample[key] ?? []);
  const orNull = (values: readonly number[], reduce: (values: readonly number[]) => number) =>
    values.length > 0 ? reduce(values) : null;
  const lowest = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b));
  const highest = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b));
  return {
    meanSmClockHz: orNull(of("smClockHz"), mean),
    lowestSmClockHz: orNull(of("smClockHz"), lowest),
    meanTemperatureC: orNull(of("temperatureC"), mean),
    highestTemperatureC: orNull(of("temperatureC"), highest),
    meanGpuUtilization: orNull(of("gpuUtilization"), mean),
    pstates: [...new Set(inside.flatMap(({ pstate }) => pstate ?? []))].sort(),
  };
}

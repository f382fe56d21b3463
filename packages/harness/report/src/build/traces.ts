import type { RunTrace, TracePoint } from "../model/trace.js";
import { thin } from "../statistics/thin.js";

/** The trace with its first sample at 0 s, thinned so that each stretch keeps its lowest and highest value. */
export function thinTrace({ powerW, memoryBytes, windows }: RunTrace): RunTrace {
  const startS = Math.min(powerW[0]?.[0] ?? Number.POSITIVE_INFINITY, memoryBytes[0]?.[0] ?? Number.POSITIVE_INFINITY);
  const shift = (points: readonly TracePoint[]) => thin(points).map(([atS, value]) => [atS - startS, value] as const);
  return {
    powerW: shift(powerW),
    memoryBytes: shift(memoryBytes),
    windows: windows.map(({ name, fromS, toS }) => ({ name, fromS: fromS - startS, toS: toS - startS })),
  };
}

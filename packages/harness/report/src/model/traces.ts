import { thin } from "./thin.js";

/** Power and memory of one run over time, as sampled; times in seconds from any origin. */
export interface RunTrace {
  readonly powerW: readonly TracePoint[];
  readonly memoryBytes: readonly TracePoint[];
  readonly windows: readonly TraceWindow[];
}

export type TracePoint = readonly [atS: number, value: number];

export interface TraceWindow {
  readonly name: "training" | "evaluation";
  readonly fromS: number;
  readonly toS: number;
}

/** The trace from its own start on, thinned so that each stretch keeps its lowest and highest value. */
export function thinTrace({ powerW, memoryBytes, windows }: RunTrace): RunTrace {
  const startS = Math.min(powerW[0]?.[0] ?? Number.POSITIVE_INFINITY, memoryBytes[0]?.[0] ?? Number.POSITIVE_INFINITY);
  const shift = (points: readonly TracePoint[]) => thin(points).map(([atS, value]) => [atS - startS, value] as const);
  return {
    powerW: shift(powerW),
    memoryBytes: shift(memoryBytes),
    windows: windows.map(({ name, fromS, toS }) => ({ name, fromS: fromS - startS, toS: toS - startS })),
  };
}

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

import type { GroupTrace, Task } from "../model/model.js";
import type { ReportOptions } from "../model/options.js";
import type { RunTrace, TracePoint } from "../model/trace.js";
import { thin } from "../statistics/thin.js";
import type { VariantRecords } from "./variants.js";

/** Beyond this, more pictures tell a reader nothing new. */
const maxTraces = 60;

/** The trace of one run of each variant and task that has one. */
export function groupTraces(
  tasks: readonly Task[],
  variants: readonly VariantRecords[],
  traces: NonNullable<ReportOptions["traces"]>,
): GroupTrace[] {
  return tasks
    .flatMap(({ name, label }) =>
      variants.flatMap(({ variant, records }): GroupTrace[] => {
        const record = records.find((item) => item.run.task === name && traces.has(item));
        if (record === undefined) return [];
        const title = `${label}, ${variant.label}, seed ${record.run.seed}`;
        return [{ variant: variant.id, title, trace: thinTrace(traces.get(record)!) }];
      }),
    )
    .slice(0, maxTraces);
}

/** The trace with its first sample at 0 s, thinned so that each stretch keeps its lowest and highest value. */
function thinTrace({ powerW, memoryBytes, windows }: RunTrace): RunTrace {
  const startS = Math.min(powerW[0]?.[0] ?? Number.POSITIVE_INFINITY, memoryBytes[0]?.[0] ?? Number.POSITIVE_INFINITY);
  const shift = (points: readonly TracePoint[]) => thin(points).map(([atS, value]) => [atS - startS, value] as const);
  return {
    powerW: shift(powerW),
    memoryBytes: shift(memoryBytes),
    windows: windows.map(({ name, fromS, toS }) => ({ name, fromS: fromS - startS, toS: toS - startS })),
  };
}

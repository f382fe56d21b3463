import { absent, type Figure, measured } from "../figure.js";
import { quantile, sorted } from "../statistics.js";
import type { Window } from "../time.js";
import { endingReason, type Trace } from "../trace/trace.js";

/** Device memory over a window, in bytes. */
export interface MemoryStatistics {
  /** `process`: the driver's figure for the watched processes; `device`: the whole device's minus the baseline. */
  readonly source: "process" | "device";
  /** What the device held before: the lowest figure of the baseline window, else the trace's first. */
  readonly baselineBytes: number;
  /** Highest of the process's figure, or of the device's minus the baseline. */
  readonly peakBytes: number;
  /** The same, exceeded by one sample in a hundred. */
  readonly p99Bytes: number;
  /** Highest of the whole device, baseline included. */
  readonly devicePeakBytes: number;
  readonly samples: number;
}

/** Baseline, peak and 99th percentile of device memory; `baseline` is a window before the work began. */
export function memoryStatistics(
  trace: Trace,
  window: Window,
  options: { baseline?: Window } = {},
): Figure<MemoryStatistics> {
  const device = trace.samples.flatMap(({ atS, memoryUsedBytes: bytes }) => (bytes === null ? [] : [{ atS, bytes }]));
  if (trace.samples.length === 0) return absent(endingReason(trace) ?? "the trace holds no samples");
  const first = device[0];
  if (!first) return absent("the driver gives no memory reading for this GPU");
  const inside = bytesWithin(device, window);
  if (inside.length === 0) return absent("the trace holds no memory reading in the window");
  const before = options.baseline ? bytesWithin(device, options.baseline) : [];
  const baselineBytes = before[0] ?? first.bytes;
  const process = bytesWithin(trace.processMemory, window);
  const source = process.length > 0 ? "process" : "device";
  const own = source === "process" ? process : inside.map((bytes) => Math.max(0, bytes - baselineBytes));
  return measured({
    source,
    baselineBytes,
    peakBytes: own.at(-1) ?? 0,
    p99Bytes: Math.round(quantile(own, 0.99)),
    devicePeakBytes: inside.at(-1) ?? 0,
    samples: own.length,
  });
}

function bytesWithin(series: readonly { atS: number; bytes: number }[], { fromS, toS }: Window): readonly number[] {
  return sorted(series.flatMap(({ atS, bytes }) => (atS >= fromS && atS <= toS ? [bytes] : [])));
}

import { type HostTrace, memoryStatistics, type Trace, type Window } from "@petl/meter";
import type { RunRecord } from "@petl/results";
import type { Observation } from "./observation.js";

/** The three memory figures of a run, each apart: live tensors, the process on the host, the device. */
export function memoryPart(
  { peak, peakBufferBytes }: Observation,
  host: HostTrace | null,
  gpu: { readonly trace: Trace; readonly window: Window; readonly baseline: Window } | null,
): NonNullable<RunRecord["memory"]> {
  const peakHostBytes = host?.memory.value?.peakBytes ?? null;
  return {
    peakTensorBytes: { training: peak.training, evaluation: peak.evaluation },
    peakHostBytes,
    peakHostBytesReason: peakHostBytes === null ? (host?.memory.reason ?? "the process could not be started") : null,
    peakBufferBytes,
    device: gpu === null ? onHost : devicePart(gpu),
  };
}

const onHost = {
  baselineBytes: null,
  peakBytes: null,
  p99Bytes: null,
  source: null,
  reason: "the run computed on the CPU: its memory is the host's",
};

function devicePart({ trace, window, baseline }: { trace: Trace; window: Window; baseline: Window }) {
  const { value, reason } = memoryStatistics(trace, window, { baseline });
  if (value === null) return { ...onHost, reason };
  const { baselineBytes, peakBytes, p99Bytes, source } = value;
  return { baselineBytes, peakBytes, p99Bytes: Math.round(p99Bytes), source: `nvidia-smi (${source})`, reason: null };
}

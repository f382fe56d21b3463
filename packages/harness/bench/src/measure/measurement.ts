import { conditions, type HostTrace, hostEnergy, memoryStatistics, type Trace, type Window } from "@petl/meter";
import type { EnergyWindow, RunRecord } from "@petl/results";
import { gpuEnergyPart } from "../record/energy-part.js";

type EnergyPart = NonNullable<RunRecord["energy"]>;

/** What one GPU did while a command ran. */
export interface GpuMeasurement {
  readonly index: number;
  readonly name: string;
  readonly uuid: string | null;
  readonly driver: string | null;
  readonly powerLimitW: number | null;
  readonly mig: boolean | null;
  /** Null figures come with `reason`. */
  readonly energy: Omit<EnergyPart, "training" | "evaluation"> & Partial<EnergyWindow>;
  readonly memory: ReturnType<typeof memoryStatistics>;
  readonly conditions: ReturnType<typeof conditions>;
}

/** What a command cost, as `bench measure` writes it; null comes with a reason, never as 0. */
export interface Measurement {
  readonly command: readonly string[];
  readonly startedAt: string;
  readonly wallTimeS: number;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly host: {
    /** The command's own process. */
    readonly peakBytes: number | null;
    /** With its descendants, the largest sum seen at a poll; pages they share count once each. */
    readonly treePeakBytes: number | null;
    readonly memoryReason: string | null;
    /** Of the whole machine. */
    readonly energyJ: number | null;
    readonly energyReason: string | null;
  };
  readonly gpus: readonly GpuMeasurement[];
  /** Why there is no GPU; null where there is one. */
  readonly gpuReason: string | null;
  /** Processor time of the sampling as a share of one core, over the command's time. */
  readonly sampling: { readonly ownShare: number; readonly nvidiaSmiShare: number | null };
}

/** One GPU's part, from its trace; it was at rest in the `idle` windows. */
export function gpuMeasurement(trace: Trace, window: Window, idle: readonly Window[]): GpuMeasurement | null {
  if (trace.gpu === null) return null;
  const { index, name, uuid, driverVersion, powerLimitW, mig } = trace.gpu;
  const { training, evaluation: _, ...rest } = gpuEnergyPart(trace, { training: [window], evaluation: [] }, idle);
  const [baseline = window] = idle;
  return {
    ...{ index, name, uuid, driver: driverVersion, powerLimitW, mig },
    energy: { ...rest, ...training },
    memory: memoryStatistics(trace, window, { baseline }),
    conditions: conditions(trace, window),
  };
}

/** The host's part. */
export function hostMeasurement(trace: HostTrace | null, window: Window): Measurement["host"] {
  if (trace === null) {
    const reason = "the command could not be started";
    return { peakBytes: null, treePeakBytes: null, memoryReason: reason, energyJ: null, energyReason: reason };
  }
  const energy = hostEnergy(trace, window);
  return {
    peakBytes: trace.memory.value?.peakBytes ?? null,
    treePeakBytes: trace.memory.value?.treePeakBytes ?? null,
    memoryReason: trace.memory.reason,
    energyJ: energy.value?.grossJ ?? null,
    energyReason: energy.reason,
  };
}

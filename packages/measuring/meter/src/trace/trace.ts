import type { Figure } from "../figure.js";
import type { CounterReading } from "./counter.js";

/** One sample in SI units; null where the driver gave no value (`[N/A]`, `[Not Supported]`, ...). */
export interface Sample {
  /** Epoch seconds on the clock of `nowS()`. */
  readonly atS: number;
  /** `sensor`: the driver's timestamp; `arrival`: the time the line arrived, because that timestamp could not be trusted. */
  readonly timedBy: "sensor" | "arrival";
  /** `power.draw.instant`. */
  readonly powerInstantW: number | null;
  /** `power.draw.average`: mean of about one second. */
  readonly powerAverageW: number | null;
  /** `power.draw`: a one-second mean on Ampere (but GA100) and newer, else instant. */
  readonly powerDrawW: number | null;
  readonly memoryUsedBytes: number | null;
  /** Share of the last period in which a kernel ran, 0 to 1. */
  readonly gpuUtilization: number | null;
  readonly temperatureC: number | null;
  readonly smClockHz: number | null;
  /** Performance state, `P0` (fastest) to `P15`. */
  readonly pstate: string | null;
}

/** Device memory of the watched process tree at one moment. */
export interface ProcessMemorySample {
  readonly atS: number;
  readonly bytes: number;
}

export type ProblemCode =
  | "no-sensor"
  | "no-samples"
  | "ended-early"
  | "stalled"
  | "garbage-lines"
  | "truncated-line"
  | "clock"
  | "process-memory";

/** A remark that a reader of the figures needs; `count` is how often it happened. */
export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly count: number;
}

/** The sampled GPU, as found when the meter was opened. */
export interface SampledGpu {
  readonly index: number;
  readonly uuid: string | null;
  readonly name: string;
  readonly driverVersion: string | null;
  readonly memoryTotalBytes: number | null;
  readonly powerLimitW: number | null;
  /** Whether it is divided into MIG slices, which share the measured power; null where the driver does not report it. */
  readonly mig: boolean | null;
}

/** Everything sampled between `start` and `stop`, in order of time. */
export interface Trace {
  /** Null for the trace of an `EmptyMeter`. */
  readonly gpu: SampledGpu | null;
  /** The query fields that this driver supports. */
  readonly fields: readonly string[];
  /** The sampling period asked for, in seconds. */
  readonly periodS: number;
  readonly startedAtS: number;
  readonly stoppedAtS: number;
  readonly samples: readonly Sample[];
  /** The driver's energy counter over time; absent with the reason where it could not be read. */
  readonly counter: Figure<readonly CounterReading[]>;
  /** Empty where no process was watched or the driver gives no figure for it (see `problems`). */
  readonly processMemory: readonly ProcessMemorySample[];
  /** Processor time of the long-lived nvidia-smi processes themselves; null where the system does not show it. */
  readonly nvidiaSmiCpuS: number | null;
  readonly problems: readonly Problem[];
}

/** The reason why a trace has nothing to compute from, taken from its problems; null where they give none. */
export function endingReason(trace: Trace): string | null {
  const telling = trace.problems.filter(({ code }) => code !== "clock" && code !== "process-memory");
  return telling.length > 0 ? telling.map(({ message }) => message).join("; ") : null;
}

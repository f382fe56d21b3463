import { MeterError } from "./errors.js";
import { absent, type Figure, measured } from "./figure.js";
import { findCommand } from "./gpu/nvidia-smi.js";
import { openEnergyCounter } from "./gpu/nvml.js";
import { pickGpu, probe } from "./gpu/probe.js";
import { EmptyMeter, type Meter, NvidiaMeter } from "./meter.js";
import type { SampledGpu } from "./trace/trace.js";

export interface MeterOptions {
  /** Index or uuid of the GPU; default: the first of `CUDA_VISIBLE_DEVICES`, else the first one. */
  readonly gpu?: number | string;
  /** Sampling period in milliseconds, a whole number from 1 (default 50). */
  readonly periodMs?: number;
  /** Path of nvidia-smi; default: the environment's `NVIDIA_SMI`, else the one on PATH. */
  readonly nvidiaSmi?: string;
  /** Environment for these variables and for nvidia-smi (default: this process's). */
  readonly env?: NodeJS.ProcessEnv;
  /** Longest wait for one answer and for the first sample (default 15,000 ms). */
  readonly timeoutMs?: number;
  /** Where the process table is mounted (default `/proc`). */
  readonly procRoot?: string;
}

/**
 * Opens a meter on a GPU, with the fields its driver supports.
 *
 * A machine without a GPU is no error: the result is an `EmptyMeter` with the reason.
 *
 * @throws MeterError E_GPU_NOT_FOUND if `gpu` names none of those present; E_METER_OPTION for a bad option
 */
export async function openMeter(options: MeterOptions = {}): Promise<Meter> {
  const { gpu, periodMs = 50, env = process.env, timeoutMs = 15_000, procRoot = "/proc" } = options;
  requirePositive("periodMs", periodMs);
  requirePositive("timeoutMs", timeoutMs);
  const periodS = periodMs / 1000;
  const command = findCommand(options.nvidiaSmi, env, timeoutMs);
  const found = await probe(command);
  if (found.value === null) return new EmptyMeter(found.reason, periodS);
  const picked = pickGpu(found.value.gpus, gpu, env.CUDA_VISIBLE_DEVICES);
  if (picked.value === null) return new EmptyMeter(picked.reason, periodS);
  const counter = openEnergyCounter(picked.value.uuid, env);
  return new NvidiaMeter(command, picked.value, found.value.fields, periodS, procRoot, counter);
}

/** The GPUs that nvidia-smi names, or why there are none. */
export async function listGpus(
  options: Pick<MeterOptions, "nvidiaSmi" | "env" | "timeoutMs"> = {},
): Promise<Figure<readonly SampledGpu[]>> {
  const { env = process.env, timeoutMs = 15_000 } = options;
  const found = await probe(findCommand(options.nvidiaSmi, env, timeoutMs));
  return found.value === null ? absent(found.reason) : measured(found.value.gpus);
}

function requirePositive(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  const message = `meter: ${name} is expected to be a whole number of milliseconds from 1, got ${value}. Give one.`;
  throw new MeterError("E_METER_OPTION", message, { name, value });
}

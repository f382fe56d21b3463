import { availableParallelism } from "node:os";
import { assertIdle, listGpus, openMeter } from "@petl/meter";
import { BenchError } from "../errors.js";
import type { Machine } from "../record/build-record.js";
import { machineFacts } from "../record/environment.js";
import type { Plan } from "../suite/plan.js";

/** How many runs go on at the same time on this machine, and where. */
export interface WorkersWanted {
  /** Runs at a time; default 1, or one for each of `gpus`. */
  readonly parallel?: number | undefined;
  /** Indices of the GPUs to use, one run on each; `all` that there are. */
  readonly gpus?: "all" | readonly number[] | undefined;
  /** Use a GPU although other processes hold memory on it. */
  readonly allowBusy?: boolean;
}

/** What does one run after the other. */
export interface Worker {
  /** Index of its GPU; null: the suite's, or none. */
  readonly gpu: number | null;
  /** Threads it computes with; null: the suite's, or the device's choice. */
  readonly threads: number | null;
  readonly machine: Machine;
}

/** Where each worker computes, before anything is opened. */
type Place = Pick<Worker, "gpu" | "threads">;

/**
 * The workers of a suite on this machine. On processors they share the cores, if the suite does not set their threads.
 *
 * @throws BenchError E_GPU_NOT_FOUND; MeterError where a GPU is busy
 */
export async function openWorkers(plan: Plan, wanted: WorkersWanted): Promise<Worker[]> {
  const places = await placesOf(plan, wanted);
  const isShared = places.length > 1;
  return Promise.all(
    places.map(async (place) => ({ ...place, machine: await openMachine(plan, place.gpu, isShared, wanted) })),
  );
}

async function placesOf(plan: Plan, { parallel, gpus }: WorkersWanted): Promise<Place[]> {
  const onHost = runsOnHost(plan);
  if (gpus !== undefined && onHost)
    throw new BenchError(
      "E_GPU_NOT_FOUND",
      `gpus: expected a device that computes on GPUs, got ${plan.device.provider.name}; leave --gpus out, or choose another --device`,
    );
  if (gpus !== undefined) return (await indicesOf(gpus)).slice(0, parallel).map((gpu) => ({ gpu, threads: null }));
  const count = parallel ?? 1;
  if (count > 1 && !onHost)
    throw new BenchError(
      "E_GPU_NOT_FOUND",
      `parallel ${count}: expected a GPU for each run, as runs on one GPU would spoil each other's figures, got none; use --gpus all`,
    );
  const threads = count === 1 ? null : Math.max(1, Math.floor(availableParallelism() / count));
  return Array.from({ length: count }, () => ({ gpu: null, threads }));
}

async function indicesOf(gpus: "all" | readonly number[]): Promise<readonly number[]> {
  if (gpus !== "all") return [...new Set(gpus)];
  const { value, reason } = await listGpus();
  if (value !== null) return value.map(({ index }) => index);
  throw new BenchError("E_GPU_NOT_FOUND", `gpus: expected at least one GPU, got none: ${reason}`);
}

/** Whether a plan's device computes on the processors. */
export const runsOnHost = ({ device, suite }: Plan): boolean =>
  device.provider.runsOn === "host" || suite.gpu === "software";

async function openMachine(
  plan: Plan,
  ofWorker: number | null,
  isShared: boolean,
  { allowBusy = false }: WorkersWanted,
): Promise<Machine> {
  const gpu = ofWorker ?? plan.suite.gpu;
  const onHost = runsOnHost(plan);
  const meter = await openMeter(typeof gpu === "number" && !onHost ? { gpu } : {});
  const facts = await machineFacts(meter.gpu);
  if (onHost) return { facts, isShared, meter: null, heldBytes: null };
  const { busy, usedBytes } = await assertIdle(meter, { allowBusy });
  return { facts, isShared, meter, heldBytes: busy ? usedBytes : null };
}

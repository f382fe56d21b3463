import { MeterError } from "./errors.js";
import { absent, type Figure, measured } from "./figure.js";
import { parseCells, parseNumber } from "./gpu/fields.js";
import { ask, type Command, firstLine } from "./gpu/nvidia-smi.js";
import { CounterSampler, type EnergyCounter } from "./gpu/nvml.js";
import { ProcessMemorySampler } from "./processes/process-memory.js";
import { PROCESS_QUERY, parseProcess } from "./processes/process-rows.js";
import { Sampler } from "./sampling/sampler.js";
import { nowS } from "./time.js";
import type { Problem, SampledGpu, Trace } from "./trace/trace.js";

/** Memory in use on the device at the moment. */
export interface DeviceMemory {
  readonly usedBytes: number;
  /** Compute processes on the device; bytes are null where the driver gives none. */
  readonly processes: readonly { readonly pid: number; readonly bytes: number | null }[];
}

/** Samples one GPU from this process while others use it. */
export interface Meter {
  /** Null where there is nothing to sample; `reason` gives the cause. */
  readonly gpu: SampledGpu | null;
  readonly reason: string | null;
  /** The query fields that the driver supports. */
  readonly fields: readonly string[];
  readonly periodS: number;
  /** Whether the driver's energy counter is read as well, or why not. */
  readonly counter: Figure<unknown>;
  /**
   * Starts sampling; resolves with the first sample, or after the timeout, which the trace then records as a problem.
   *
   * @throws MeterError E_METER_STATE if already started
   */
  start(): Promise<void>;
  /** Also samples the device memory of this process and its descendants from now on, every three seconds. */
  watch(pid: number): void;
  /**
   * Stops sampling and returns everything since `start`; the meter can then be started again.
   *
   * @throws MeterError E_METER_STATE if not started
   */
  stop(): Promise<Trace>;
  /** Queries the memory in use on the device. */
  memory(): Promise<Figure<DeviceMemory>>;
}

/** The meter of a machine without a usable GPU: no samples, and the reason in every figure. */
export class EmptyMeter implements Meter {
  readonly gpu = null;
  readonly fields: readonly string[] = [];
  readonly counter: Figure<never>;
  #startedAtS: number | null = null;

  constructor(
    readonly reason: string,
    readonly periodS: number,
  ) {
    this.counter = absent(reason);
  }

  async start(): Promise<void> {
    if (this.#startedAtS !== null) throw stateError("start", "already started", "Stop it first.");
    this.#startedAtS = nowS();
  }

  watch(): void {}

  async stop(): Promise<Trace> {
    if (this.#startedAtS === null) throw stateError("stop", "not started", "Start it first.");
    const startedAtS = this.#startedAtS;
    this.#startedAtS = null;
    const problems: readonly Problem[] = [{ code: "no-sensor", message: this.reason, count: 1 }];
    const { gpu, fields, periodS } = this;
    const empty = { samples: [], counter: this.counter, processMemory: [], nvidiaSmiCpuS: null };
    return { gpu, fields, periodS, startedAtS, stoppedAtS: nowS(), ...empty, problems };
  }

  async memory(): Promise<Figure<DeviceMemory>> {
    return absent(this.reason);
  }
}

/** A meter that reads an NVIDIA GPU through `nvidia-smi`. */
export class NvidiaMeter implements Meter {
  readonly reason = null;
  readonly #gpuName: string;
  #sampler: Sampler | null = null;
  #processes: ProcessMemorySampler | null = null;
  #counting: CounterSampler | null = null;

  constructor(
    readonly command: Command,
    readonly gpu: SampledGpu,
    readonly fields: readonly string[],
    readonly periodS: number,
    readonly procRoot: string,
    readonly counter: Figure<EnergyCounter>,
  ) {
    this.#gpuName = gpu.uuid ?? String(gpu.index);
  }

  async start(): Promise<void> {
    if (this.#sampler) throw stateError("start", "already started", "Stop it first.");
    this.#sampler = new Sampler(this.command, this.#gpuName, this.fields, this.periodS * 1000);
    if (this.counter.value !== null) this.#counting = new CounterSampler(this.counter.value);
    await this.#sampler.next(this.command.timeoutMs);
  }

  watch(pid: number): void {
    if (!this.#sampler) throw stateError("watch", "not started", "Start it first.");
    if (this.#processes) throw stateError("watch", `already watching pid ${this.#processes.pid}`, "Stop it first.");
    this.#processes = new ProcessMemorySampler(this.command, this.#gpuName, pid, this.procRoot);
  }

  async stop(): Promise<Trace> {
    const sampler = this.#sampler;
    if (!sampler) throw stateError("stop", "not started", "Start it first.");
    const stopping = [sampler.stop(), this.#processes?.stop(), this.#counting?.stop()] as const;
    const [sampling, processes, counted] = await Promise.all(stopping);
    this.#sampler = this.#processes = this.#counting = null;
    const problems = [...sampling];
    for (const message of processes?.notes ?? []) problems.push({ code: "process-memory", message, count: 1 });
    const { gpu, fields, periodS } = this;
    const { samples, startedAtS, cpuS } = sampler;
    const nvidiaSmiCpuS = cpuS === null ? null : cpuS + (processes?.cpuS ?? 0);
    const processMemory = processes?.samples ?? [];
    const counter = counted ?? absent<never>(this.counter.reason ?? "it was not read");
    const sampled = { samples, counter, processMemory, nvidiaSmiCpuS };
    return { gpu, fields, periodS, startedAtS, stoppedAtS: nowS(), ...sampled, problems };
  }

  async memory(): Promise<Figure<DeviceMemory>> {
    const [used, running] = await Promise.all([
      ask(this.command, ["--query-gpu=memory.used", "--format=csv,noheader,nounits", "-i", this.#gpuName]),
      ask(this.command, [...PROCESS_QUERY, "-i", this.#gpuName]),
    ]);
    if (used.value === null) return absent(used.reason);
    const said = firstLine(used.value.stdout);
    const usedMiB = parseNumber(parseCells(said)?.[0] ?? "");
    if (usedMiB === null || Number.isNaN(usedMiB)) return absent(`nvidia-smi gives no memory.used but "${said}"`);
    const processes = (running.value?.stdout ?? "").split(/\r?\n/).flatMap((line) => parseProcess(line) ?? []);
    return measured({ usedBytes: usedMiB * 2 ** 20, processes });
  }
}

function stateError(call: string, state: string, remedy: string): MeterError {
  return new MeterError("E_METER_STATE", `meter: ${call}() was called on a meter that is ${state}. ${remedy}`, {
    call,
  });
}

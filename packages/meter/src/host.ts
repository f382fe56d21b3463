import { nowS } from "./clock.js";
import { type CounterReading, counterEnergy } from "./counter.js";
import { absent, type Figure, measured } from "./figure.js";
import { type HostMemory, HostMemoryPoller } from "./host-memory.js";
import { RaplCounter } from "./rapl.js";
import { delay } from "./stream.js";
import type { Window } from "./trace.js";

export interface HostOptions {
  /** Time between polls in milliseconds (default 100). */
  readonly periodMs?: number;
  /** Also sum over the process's descendants (default false). */
  readonly tree?: boolean;
  /** Where the process table is mounted (default `/proc`). */
  readonly procRoot?: string;
  /** Where the energy counters are (default `/sys/class/powercap`). */
  readonly powercapRoot?: string;
}

/** What was seen of the host between `hostSampler` and `stop`. */
export interface HostTrace {
  readonly memory: Figure<HostMemory>;
  /** The processors' and DRAM's energy counter over time. */
  readonly energy: Figure<readonly CounterReading[]>;
}

export interface HostSampler {
  /** Reads once more, if the process is still there, and ends the sampling. */
  stop(): Promise<HostTrace>;
}

/** Polls the peak memory of a process and the host's energy counters from outside, until stopped. */
export function hostSampler(pid: number, options: HostOptions = {}): HostSampler {
  const { periodMs = 100, tree = false, procRoot = "/proc", powercapRoot } = options;
  const poller = new HostMemoryPoller(pid, procRoot, tree);
  const stopping = new AbortController();
  const polling = pollMemory(poller, periodMs, stopping.signal);
  const counting = pollEnergy(powercapRoot, periodMs, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await polling;
      poller.poll();
      return { memory: poller.result, energy: await counting };
    },
  };
}

/** Joules of the host's packages and DRAM over a window, from their counters. */
export function hostEnergy(trace: HostTrace, window: Window): Figure<{ readonly grossJ: number }> {
  return counterEnergy(trace.energy, window);
}

async function pollMemory(poller: HostMemoryPoller, periodMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    poller.poll();
    await delay(periodMs, signal);
  }
}

async function pollEnergy(
  root: string | undefined,
  periodMs: number,
  signal: AbortSignal,
): Promise<Figure<readonly CounterReading[]>> {
  const counter = await RaplCounter.open(root);
  if (counter.value === null) return absent(counter.reason);
  const readings: CounterReading[] = [];
  while (true) {
    const last = signal.aborted;
    const reading = await counter.value.read(nowS());
    if (reading.value === null) return absent(reading.reason);
    readings.push(reading.value);
    if (last) return measured(readings);
    await delay(periodMs, signal);
  }
}

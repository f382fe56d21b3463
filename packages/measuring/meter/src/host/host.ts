import { loadavg, platform } from "node:os";
import { absent, type Figure, measured } from "../figure.js";
import { nowS, type Window } from "../time.js";
import { type CounterReading, counterEnergy } from "../trace/counter.js";
import { type HostMemory, HostMemoryPoller } from "./host-memory.js";
import { LoadPoller, type LoadReading } from "./load-poller.js";
import { Pace } from "./pace.js";
import { RaplCounter } from "./rapl.js";

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

/** Memory, energy and load of the host between `hostSampler` and `stop`. */
export interface HostTrace {
  readonly memory: Figure<HostMemory>;
  /** The processors' and DRAM's energy counter over time. */
  readonly energy: Figure<readonly CounterReading[]>;
  /** Processor times of the process and of the whole machine over time (`loadOver`). */
  readonly load: Figure<readonly LoadReading[]>;
  /**
   * The system's mean number of running and waiting threads over about the minute before the start and before the end, those of the
   * process included; null on Windows, which has none.
   */
  readonly loadAverage: { readonly start: number; readonly end: number } | null;
}

export interface HostSampler {
  /** Reads once more if the process is still running, and ends the sampling. */
  stop(): Promise<HostTrace>;
}

/**
 * Polls the peak memory of a process, the host's energy counters and the processors' load from outside, until stopped.
 *
 * Growth of the process's peak after the last poll is missed, as are descendants that live only between two polls. A tree so large
 * that polling it would take more than 1 / 300 of a core is polled less often.
 */
export function hostSampler(pid: number, options: HostOptions = {}): HostSampler {
  const { periodMs = 100, tree = false, procRoot = "/proc", powercapRoot } = options;
  const memory = new HostMemoryPoller(pid, procRoot, tree);
  const energy = new HostEnergyPoller(powercapRoot);
  const load = new LoadPoller(pid, procRoot, periodMs);
  const loadAtStart = minuteLoad();
  const pace = new Pace(periodMs);
  const poll = () => {
    const fromMs = performance.now();
    memory.poll();
    energy.poll();
    load.pollIfDue();
    timer = setTimeout(poll, pace.restMs(performance.now() - fromMs));
  };
  let timer: NodeJS.Timeout | undefined;
  poll();
  return {
    async stop() {
      clearTimeout(timer);
      memory.poll();
      energy.poll();
      load.poll();
      memory.close();
      load.close();
      const end = minuteLoad();
      const loadAverage = loadAtStart === null || end === null ? null : { start: loadAtStart, end };
      return { memory: memory.result, energy: energy.result, load: load.result, loadAverage };
    },
  };
}

const minuteLoad = (): number | null => (platform() === "win32" ? null : loadavg()[0]!);

/** Joules of the host's packages and DRAM over a window, from their counters. */
export function hostEnergy(trace: HostTrace, window: Window): Figure<{ readonly grossJ: number }> {
  return counterEnergy(trace.energy, window);
}

class HostEnergyPoller {
  readonly #counter: Figure<RaplCounter>;
  readonly #readings: CounterReading[] = [];
  #refusal: string | null;

  constructor(root: string | undefined) {
    this.#counter = RaplCounter.open(root);
    this.#refusal = this.#counter.reason;
  }

  poll(): void {
    if (this.#counter.value === null || this.#refusal !== null) return;
    const reading = this.#counter.value.read(nowS());
    if (reading.value === null) this.#refusal = reading.reason;
    else this.#readings.push(reading.value);
  }

  get result(): Figure<readonly CounterReading[]> {
    return this.#refusal === null ? measured(this.#readings) : absent(this.#refusal);
  }
}

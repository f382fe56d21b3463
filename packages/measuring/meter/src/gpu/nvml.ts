import { createRequire } from "node:module";
import { absent, type Figure, measured } from "../figure.js";
import { delay, nowS } from "../time.js";
import type { CounterReading } from "../trace/counter.js";

const require = createRequire(import.meta.url);

/** The driver counts on about every 20 to 100 ms. */
const PERIOD_MS = 100;
/** A call that takes longer is stuck in the driver. */
const PATIENCE_MS = 2000;

const RESULTS: Readonly<Record<number, string>> = {
  1: "not initialised",
  2: "invalid argument",
  3: "not supported by this GPU (it takes Volta or newer)",
  4: "no permission",
  6: "no such GPU",
  9: "the driver is not loaded",
  12: "the library does not fit the driver",
  15: "the GPU is lost",
};

type Call = (...values: unknown[]) => number;
type AsyncCall = { async(...values: [...unknown[], (error: unknown, result: number) => void]): void };
interface Koffi {
  load(file: string): { func(declaration: string): Call & AsyncCall };
}

/** An energy counter of one GPU. */
export interface EnergyCounter {
  /** Joules since the driver was loaded; absent with the reason where the driver refuses. */
  read(): Promise<Figure<number>>;
}

/**
 * Opens the driver's energy counter of a GPU, which nvidia-smi does not print, through its library:
 * `nvmlDeviceGetTotalEnergyConsumption`, millijoules since the driver was loaded, on Volta and newer.
 *
 * `NVML_LIBRARY` in the environment names another library. Absent with the reason where there is none.
 * https://docs.nvidia.com/deploy/nvml-api/group__nvmlDeviceQueries.html
 */
export function openEnergyCounter(uuid: string | null, env: NodeJS.ProcessEnv): Figure<EnergyCounter> {
  if (uuid === null) return absent("the energy counter takes a uuid, and the driver gave none");
  const file = env.NVML_LIBRARY || (process.platform === "win32" ? "nvml.dll" : "libnvidia-ml.so.1");
  let library: ReturnType<Koffi["load"]>;
  try {
    library = (require("koffi") as Koffi).load(file);
  } catch {
    return absent(`${file}, where the driver's energy counter is, does not load`);
  }
  try {
    const initialise = library.func("int nvmlInit_v2()");
    const find = library.func("int nvmlDeviceGetHandleByUUID(const char *uuid, _Out_ void **device)");
    const total = library.func(
      "int nvmlDeviceGetTotalEnergyConsumption(void *device, _Out_ unsigned long long *energy)",
    );
    const device: [unknown] = [null];
    const refused = initialise() || find(uuid, device);
    if (refused) return absent(refusal(refused));
    return measured({ read: () => read(total, device[0]) });
  } catch (error) {
    return absent(`${file} has no energy counter: ${(error as Error).message}`);
  }
}

async function read(total: AsyncCall, device: unknown): Promise<Figure<number>> {
  const milliJoules: [number | bigint] = [0];
  const code = await new Promise<number | null>((resolve) => {
    const giveUp = setTimeout(() => resolve(null), PATIENCE_MS);
    total.async(device, milliJoules, (error, result) => {
      clearTimeout(giveUp);
      resolve(error ? -1 : result);
    });
  });
  if (code === null) return absent(`the energy counter did not answer within ${PATIENCE_MS} ms`);
  return code === 0 ? measured(Number(milliJoules[0]) / 1000) : absent(refusal(code));
}

function refusal(code: number): string {
  return `the driver refused its energy counter: ${RESULTS[code] ?? `NVML error ${code}`}`;
}

/** Reads a counter every 100 ms until stopped. */
export class CounterSampler {
  readonly #readings: CounterReading[] = [];
  readonly #stopping = new AbortController();
  readonly #polling: Promise<void>;
  #refusal: string | null = null;

  constructor(readonly counter: EnergyCounter) {
    this.#polling = this.#poll();
  }

  /** Reads once more and ends the sampling; absent with the reason where a reading failed. */
  async stop(): Promise<Figure<readonly CounterReading[]>> {
    this.#stopping.abort();
    await this.#polling;
    return this.#refusal === null ? measured(this.#readings) : absent(this.#refusal);
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    while (this.#refusal === null) {
      const isLast = signal.aborted;
      const fromS = nowS();
      const total = await this.counter.read();
      if (total.value === null) this.#refusal = total.reason;
      else this.#readings.push({ atS: (fromS + nowS()) / 2, totalJ: total.value });
      if (isLast) return;
      await delay(PERIOD_MS, signal);
    }
  }
}

import type { Sample, Trace } from "../src/index.js";

/** What a perfect sensor would be sampled as. */
export interface Synthetic {
  readonly powerW: (atS: number) => number;
  readonly fromS?: number;
  readonly toS: number;
  readonly periodS?: number;
  /** The sensor holds its value for so long. */
  readonly updateS?: number;
  readonly memoryBytes?: (atS: number) => number;
}

export const EMPTY_SAMPLE: Sample = {
  atS: 0,
  timedBy: "sensor",
  powerInstantW: null,
  powerAverageW: null,
  powerDrawW: null,
  memoryUsedBytes: null,
  gpuUtilization: null,
  temperatureC: null,
  smClockHz: null,
  pstate: null,
};

/** A trace around samples. */
export function traceOf(samples: readonly Sample[], more: Partial<Trace> = {}): Trace {
  return {
    gpu: null,
    fields: [],
    periodS: 0.05,
    startedAtS: samples[0]?.atS ?? 0,
    stoppedAtS: samples.at(-1)?.atS ?? 0,
    samples,
    counter: { value: null, reason: "no counter in this test" },
    processMemory: [],
    nvidiaSmiCpuS: null,
    problems: [],
    ...more,
  };
}

/** The trace of a known signal. */
export function synthetic(of: Synthetic): Trace {
  const { powerW, fromS = 0, toS, periodS = 0.05, updateS = 0, memoryBytes } = of;
  const count = Math.round((toS - fromS) / periodS) + 1;
  const samples = Array.from({ length: count }, (_, index): Sample => {
    const atS = fromS + index * periodS;
    const seenS = updateS > 0 ? Math.floor(atS / updateS + 1e-9) * updateS : atS;
    return { ...EMPTY_SAMPLE, atS, powerInstantW: powerW(seenS), memoryUsedBytes: memoryBytes?.(atS) ?? null };
  });
  return traceOf(samples, { periodS });
}

/** The four signals of known energy: 100 W base, 300 W top. */
export const SIGNALS = {
  constant: () => 100,
  square: (atS: number) => (atS % 1 < 0.5 ? 100 : 300),
  ramp: (atS: number) => 100 + 5 * atS,
  spike: (atS: number) => (atS >= 30.31 && atS < 31.31 ? 300 : 100),
} as const;

/** Joules of each over the window from 5 s to 65 s. */
export const JOULES_5_TO_65 = {
  constant: 6000,
  square: 12000,
  ramp: 6000 + 2.5 * (65 ** 2 - 5 ** 2),
  spike: 6200,
} as const;

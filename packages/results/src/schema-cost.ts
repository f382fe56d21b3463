import { z } from "zod";

const bytes = z.int().nonnegative();
const count = bytes;
const seconds = z.number().nonnegative();
const joules = z.number();

/** Peak live tensor bytes, split by what held them at the moment of the peak. */
export const tensorBytes = z.object({
  total: bytes,
  backbone: bytes,
  method: bytes,
  gradients: bytes,
  optimizer: bytes,
  activations: bytes,
  inputs: bytes,
});

const time = z.object({
  trainTimeS: seconds,
  evalTimeS: seconds,
  stepMedianS: seconds,
  stepP10S: seconds,
  stepP90S: seconds,
  /** Steps left out of the step times. */
  warmupStepsExcluded: count,
  steps: count,
  /** Real tokens; padding is counted apart. */
  tokens: count,
  paddedTokens: count,
  tokensPerS: z.number().nonnegative(),
  setupTimeS: seconds,
});

const memory = z.object({
  peakTensorBytes: z.object({ training: tensorBytes.nullable(), evaluation: tensorBytes.nullable() }),
  /** Most bytes of the device's own buffers, freed ones kept for use again included; null or absent: it does not say. */
  peakBufferBytes: bytes.nullable().optional(),
  peakHostBytes: bytes.nullable(),
  peakHostBytesReason: z.string().nullable(),
  device: z.object({
    baselineBytes: bytes.nullable(),
    peakBytes: bytes.nullable(),
    p99Bytes: bytes.nullable(),
    source: z.string().nullable(),
    reason: z.string().nullable(),
  }),
});

const energyWindow = z.object({
  grossJ: joules.nullable(),
  netJ: joules.nullable(),
  meanPowerW: z.number().nullable(),
  durationS: seconds,
});

/** `grossJ` is everything the sensor saw, `netJ` with the idle power subtracted. Null comes with `reason`, never as 0. */
const energy = z.object({
  grossJ: joules.nullable(),
  netJ: joules.nullable(),
  reason: z.string().nullable(),
  source: z.string().nullable(),
  training: energyWindow.nullable(),
  evaluation: energyWindow.nullable(),
  idlePowerW: z.number().nullable(),
  samplePeriodS: seconds.nullable(),
  updatePeriodS: seconds.nullable(),
  samples: count,
});

/** What a run cost. */
export const costShape = { time: time.nullable(), memory: memory.nullable(), energy: energy.nullable() };

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
  /** Of the activations, those kept for the backward pass; null in records from before it was counted. */
  kept: bytes.nullable().default(null),
  inputs: bytes,
});

const time = z.object({
  trainTimeS: seconds,
  evalTimeS: seconds,
  stepMedianS: seconds,
  stepP10S: seconds,
  stepP90S: seconds,
  /** Medians over the timed steps of the size a batch was padded to. */
  medianBatch: z.object({ examples: count, sourceTokens: count, targetTokens: count }),
  /** Steps left out of the step times. */
  warmupStepsExcluded: count,
  steps: count,
  /** Real tokens; padding is counted apart. */
  tokens: count,
  paddedTokens: count,
  tokensPerS: z.number().nonnegative(),
  /** From the start of the last process to its first window; null where it ended before that. */
  setupTimeS: seconds.nullable(),
  /** Processor seconds of the run's process while it trained, all its threads together; null comes with `load.reason`. */
  processorS: seconds.nullable().default(null),
});

const memory = z.object({
  peakTensorBytes: z.object({ training: tensorBytes.nullable(), evaluation: tensorBytes.nullable() }),
  /** Most bytes of the device's own buffers, including freed ones that are kept for reuse; null where the device does not report it. */
  peakBufferBytes: bytes.nullable(),
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

/** What a sampler that reads once every `intervalS` would have reported, over all moments at which it could have started. */
const onceAMinute = z.object({
  intervalS: seconds,
  meanJ: joules,
  minJ: joules,
  maxJ: joules,
  sdJ: joules,
  /** Share of those moments at which it would have read nothing (left out of the figures). */
  emptyShare: z.number().min(0).max(1),
});

/** Energy over all windows of one kind; the host's own counters give no net energy, `counterJ` or `onceAMinute`. */
const energyWindow = z.object({
  grossJ: joules.nullable(),
  netJ: joules.nullable(),
  meanPowerW: z.number().nullable(),
  durationS: seconds,
  /** The driver's own energy counter over the same time; null where there is none (see `counterReason`). */
  counterJ: joules.nullable(),
  /** What makes the figure weaker than it looks: `short-window`, `undersampled`, `gap`, `arrival-timed`. */
  flags: z.array(z.string()),
  /** Null where the power is unknown or such a sampler reads nothing. */
  onceAMinute: onceAMinute.nullable(),
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
  /** How far the idle power before and after differ. */
  idleDriftW: z.number().nullable(),
  /** Where `counterJ` comes from, or why there is none; both null for energy from the host's counters. */
  counterSource: z.string().nullable(),
  counterReason: z.string().nullable(),
  /** What went wrong while sampling. */
  problems: z.array(z.string()),
});

/** How the GPU ran from the first window to the last: compare only runs under like conditions. */
const conditions = z.object({
  meanSmClockHz: z.number().nullable(),
  lowestSmClockHz: z.number().nullable(),
  meanTemperatureC: z.number().nullable(),
  highestTemperatureC: z.number().nullable(),
  /** 0 to 1. */
  meanGpuUtilization: z.number().nullable(),
  pstates: z.array(z.string()),
  powerLimitW: z.number().nullable(),
  /** How long the machine was left alone before the run. */
  coolDownS: seconds,
});

const share = z.number().min(0).max(1).nullable();

/** How busy the machine was beside the run: times of a busy machine do not compare. Null comes with `reason`, never as 0. */
const load = z.object({
  /** Share of all processors' time that went to anything but the run's process, 0 to 1, while it trained and while it evaluated. */
  othersBusyShare: z.object({ training: share, evaluation: share }),
  /**
   * Running and waiting threads on average over about a minute, by the system, when the process started (those of a run just before
   * among them) and when it ended (its own among them); null on Windows.
   */
  loadAverage: z.object({ start: z.number(), end: z.number() }).nullable(),
  reason: z.string().nullable(),
});

/** The cost of a run. `conditions` is null where no GPU was sampled, `load` in records that were made before it was measured. */
export const costShape = {
  time: time.nullable(),
  load: load.nullable().default(null),
  memory: memory.nullable(),
  energy: energy.nullable(),
  conditions: conditions.nullable(),
};

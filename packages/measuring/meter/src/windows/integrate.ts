import { absent, type Figure, measured } from "../figure.js";
import type { Window } from "../time.js";
import {
  dropRepeats,
  type PowerSource,
  powerReadings,
  type Reading,
  samplingPeriodOf,
  type UpdatePeriod,
  updatePeriodOf,
} from "../trace/readings.js";
import { endingReason, type Trace } from "../trace/trace.js";

/** What makes an energy figure weaker than it looks. */
export type EnergyFlag =
  /** Shorter than ten update periods of the sensor: good for a total, not for a ratio. */
  | "short-window"
  /** Sampled slower than twice an update: updates were missed. */
  | "undersampled"
  /** A stretch of the window without samples, bridged by a straight line. */
  | "gap"
  /** Some samples are timed by their arrival. */
  | "arrival-timed";

/** Energy over a window. */
export interface Energy {
  readonly grossJ: number;
  readonly meanPowerW: number;
  readonly durationS: number;
  /** Samples with a power value within the window. */
  readonly samples: number;
  /** Of those, the ones that are new readings of the sensor. */
  readonly readings: number;
  readonly source: PowerSource;
  /** Of the whole trace; null where too few changes were seen. */
  readonly updatePeriodS: number | null;
  readonly samplingPeriodS: number;
  readonly largestGapS: number;
  readonly flags: readonly EnergyFlag[];
}

/** Assumed where the trace does not tell: what drivers since Volta do. */
const USUAL_UPDATE_PERIOD_S = 0.1;
const UPDATES_FOR_A_RATIO = 10;

/**
 * Energy of a window: the trapezoid rule `sum (P_i + P_{i+1}) / 2 * (t_{i+1} - t_i)` over the samples, the ends of the window
 * interpolated. A value that the sensor holds is late by half a sampling period at its rises and falls alike; to leave its
 * repeats out would draw ramps across flat stretches (docs/decisions/0012).
 *
 * Absent, with the reason, where there is no sensor, the window is empty, or the trace does not cover it (up to two
 * sampling periods or updates at either end, there the nearest reading holds).
 */
export function integrate(trace: Trace, window: Window, options: { source?: PowerSource } = {}): Figure<Energy> {
  const durationS = window.toS - window.fromS;
  if (!(durationS > 0)) return absent(`the window is empty: it runs from ${window.fromS} s to ${window.toS} s`);
  const power = powerReadings(trace, options.source);
  if (power.value === null) return absent(power.reason);
  const { source, readings } = power.value;
  const period = updatePeriodOf(readings);
  const samplingPeriodS = Number.isNaN(samplingPeriodOf(readings)) ? trace.periodS : samplingPeriodOf(readings);
  const slackS = 2 * Math.max(samplingPeriodS, trace.periodS, Math.min(period.value?.periodS ?? 0, 1));
  const uncovered = whyUncovered(trace, readings, window, slackS);
  if (uncovered !== null) return absent(uncovered);

  const grossJ = area(readings, window);
  const inside = within(readings, window);
  const largestGapS = largestGap(inside, window);
  const updatePeriodS = period.value?.periodS ?? null;
  const flags = [
    ...(durationS < UPDATES_FOR_A_RATIO * (updatePeriodS ?? USUAL_UPDATE_PERIOD_S) ? (["short-window"] as const) : []),
    ...(isUndersampled(period, samplingPeriodS) ? (["undersampled"] as const) : []),
    ...(largestGapS > Math.max(10 * samplingPeriodS, 5 * slackS) ? (["gap"] as const) : []),
    ...(trace.samples.some((sample) => sample.timedBy === "arrival" && contains(window, sample.atS))
      ? (["arrival-timed"] as const)
      : []),
  ];
  return measured({
    grossJ,
    meanPowerW: grossJ / durationS,
    durationS,
    samples: inside.length,
    readings: within(dropRepeats(readings, period), window).length,
    source,
    updatePeriodS,
    samplingPeriodS,
    largestGapS,
    flags,
  });
}

/** Power at a moment by linear interpolation between readings; beyond the first or last, that one's value. */
function powerAt(readings: readonly Reading[], atS: number): number {
  const after = firstAtOrAfter(readings, atS);
  const next = readings[after];
  const previous = readings[after - 1];
  if (!next || !previous) return (next ?? previous)?.powerW ?? Number.NaN;
  const share = (atS - previous.atS) / (next.atS - previous.atS);
  return previous.powerW + share * (next.powerW - previous.powerW);
}

/** Index of the first reading at or after a moment, by bisection. */
export function firstAtOrAfter(readings: readonly { readonly atS: number }[], atS: number): number {
  let low = 0;
  let high = readings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((readings[middle]?.atS ?? Number.POSITIVE_INFINITY) < atS) low = middle + 1;
    else high = middle;
  }
  return low;
}

function area(readings: readonly Reading[], window: Window): number {
  const points = [
    { atS: window.fromS, powerW: powerAt(readings, window.fromS) },
    ...within(readings, window),
    { atS: window.toS, powerW: powerAt(readings, window.toS) },
  ];
  let joules = 0;
  for (const [index, point] of points.entries()) {
    const previous = points[index - 1];
    if (previous) joules += ((point.powerW + previous.powerW) / 2) * (point.atS - previous.atS);
  }
  return joules;
}

function within(readings: readonly Reading[], window: Window): readonly Reading[] {
  return readings.filter(({ atS }) => contains(window, atS));
}

function contains(window: Window, atS: number): boolean {
  return atS >= window.fromS && atS <= window.toS;
}

function whyUncovered(trace: Trace, readings: readonly Reading[], window: Window, slackS: number): string | null {
  const firstS = readings[0]?.atS ?? Number.NaN;
  const lastS = readings.at(-1)?.atS ?? Number.NaN;
  const missing =
    window.fromS < firstS - slackS
      ? `the power readings begin ${(firstS - window.fromS).toFixed(2)} s after the window does`
      : window.toS > lastS + slackS
        ? `the power readings end ${(window.toS - lastS).toFixed(2)} s before the window does`
        : null;
  if (missing === null) return null;
  const ending = endingReason(trace);
  return ending === null ? missing : `${missing}: ${ending}`;
}

function isUndersampled(period: Figure<UpdatePeriod>, samplingPeriodS: number): boolean {
  return samplingPeriodS > 0.75 * (period.value?.periodS ?? USUAL_UPDATE_PERIOD_S);
}

function largestGap(inside: readonly Reading[], window: Window): number {
  const times = [window.fromS, ...inside.map(({ atS }) => atS), window.toS];
  return times.reduce((largest, atS, index) => Math.max(largest, atS - (times[index - 1] ?? atS)), 0);
}

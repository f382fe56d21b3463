import { absent, type Figure, measured } from "../figure.js";
import { quantile, sorted } from "../statistics.js";
import { endingReason, type Sample, type Trace } from "./trace.js";

/** One of the driver's power fields, `power.draw.instant`, `power.draw.average` or `power.draw`. */
export type PowerSource = "instant" | "average" | "draw";

/** A power value and its time, in epoch seconds. */
export interface Reading {
  readonly atS: number;
  readonly powerW: number;
}

const KEYS = { instant: "powerInstantW", average: "powerAverageW", draw: "powerDrawW" } as const satisfies Record<
  PowerSource,
  keyof Sample
>;

export interface PowerReadings {
  readonly source: PowerSource;
  readonly readings: readonly Reading[];
}

/**
 * The power readings of a trace from `source`, by default the first of instant, average and draw that has any.
 *
 * A field that reads 0 W throughout counts as missing, and one field serves the whole trace. Absent with the reason where no field has a value.
 */
export function powerReadings(trace: Trace, source?: PowerSource): Figure<PowerReadings> {
  const candidates: readonly PowerSource[] = source ? [source] : ["instant", "average", "draw"];
  for (const candidate of candidates) {
    const key = KEYS[candidate];
    const readings = trace.samples.flatMap(({ atS, [key]: powerW }) => (powerW === null ? [] : [{ atS, powerW }]));
    if (readings.some(({ powerW }) => powerW > 0)) return measured({ source: candidate, readings });
  }
  if (trace.samples.length === 0) return absent(endingReason(trace) ?? "the trace holds no samples");
  const asked = source ? ` (${source})` : "";
  const zeros = trace.samples.some((sample) => candidates.some((candidate) => sample[KEYS[candidate]] !== null));
  return absent(
    zeros ? `the power sensor${asked} read 0 W throughout` : `the driver gives no power reading${asked} for this GPU`,
  );
}

/** How often the sensor updates. */
export interface UpdatePeriod {
  /** Median time between changes of value, in seconds; a multiple of the sampling period, about. */
  readonly periodS: number;
  /** The tenth percentile of it: the shortest time in which the value changes. */
  readonly shortestS: number;
  /** Median time between samples, in seconds. */
  readonly samplingPeriodS: number;
  readonly changes: number;
}

const FEWEST_CHANGES = 10;

/**
 * Measures the sensor's update period: the median time between changes of its value.
 *
 * Absent with fewer than ten intervals between changes. A constant signal hides updates, so the figure is an upper bound; the power
 * of a loaded GPU changes with nearly every update.
 */
export function updatePeriod(trace: Trace, source?: PowerSource): Figure<UpdatePeriod> {
  const power = powerReadings(trace, source);
  return power.value === null ? absent(power.reason) : updatePeriodOf(power.value.readings);
}

/** The same from readings. */
export function updatePeriodOf(readings: readonly Reading[]): Figure<UpdatePeriod> {
  const changedAtS = readings
    .filter((reading, index) => index > 0 && reading.powerW !== readings[index - 1]?.powerW)
    .map(({ atS }) => atS);
  const intervals = sorted(differences(changedAtS));
  if (intervals.length < FEWEST_CHANGES) {
    return absent(`power changed ${changedAtS.length} times, too few to tell the sensor's update period`);
  }
  return measured({
    periodS: quantile(intervals, 0.5),
    shortestS: quantile(intervals, 0.1),
    samplingPeriodS: samplingPeriodOf(readings),
    changes: changedAtS.length,
  });
}

/** Median time between readings, in seconds; NaN for fewer than two. */
export function samplingPeriodOf(readings: readonly Reading[]): number {
  return quantile(sorted(differences(readings.map(({ atS }) => atS))), 0.5);
}

function differences(values: readonly number[]): readonly number[] {
  return values.slice(1).map((value, index) => value - (values[index] ?? Number.NaN));
}

/**
 * The readings without those that only repeat the sensor's last value before it had time to bring a new one.
 *
 * The time allowed is the shortest in which the value is seen to change, never longer: an unchanged value after that is
 * a new reading, or a spike after a long rest would be drawn out over the rest.
 */
export function dropRepeats(readings: readonly Reading[], period: Figure<UpdatePeriod>): readonly Reading[] {
  if (period.value === null) return readings;
  const { shortestS, samplingPeriodS } = period.value;
  const kept: Reading[] = [];
  for (const reading of readings) {
    const last = kept.at(-1);
    const fresh = !last || reading.powerW !== last.powerW || reading.atS - last.atS > shortestS - samplingPeriodS / 2;
    if (fresh) kept.push(reading);
  }
  return kept;
}

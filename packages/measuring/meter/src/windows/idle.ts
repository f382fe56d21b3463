import { absent, type Figure, measured } from "../figure.js";
import { mean, standardDeviation } from "../statistics.js";
import type { Window } from "../time.js";
import { type PowerSource, powerReadings } from "../trace/readings.js";
import type { Trace } from "../trace/trace.js";
import { type Energy, integrate } from "./integrate.js";

/** Power of the device at rest. */
export interface IdlePower {
  readonly powerW: number;
  /** Standard deviation of the readings. */
  readonly spreadW: number;
  readonly durationS: number;
}

/** Mean power over a window in which the device had nothing to do. */
export function idlePower(trace: Trace, window: Window, options: { source?: PowerSource } = {}): Figure<IdlePower> {
  const energy = integrate(trace, window, options);
  if (energy.value === null) return absent(energy.reason);
  const { meanPowerW, durationS, source } = energy.value;
  const inside = (powerReadings(trace, source).value?.readings ?? []).filter(
    ({ atS }) => atS >= window.fromS && atS <= window.toS,
  );
  const spreadW = inside.length > 0 ? standardDeviation(inside.map(({ powerW }) => powerW)) : 0;
  return measured({ powerW: meanPowerW, spreadW, durationS });
}

/** Energy over a window with and without what the device would have used at rest. */
export interface NetEnergy {
  readonly grossJ: number;
  /** `idlePowerW * durationS` */
  readonly idleJ: number;
  /** `grossJ - idleJ`; below 0 where the device used less than at rest. */
  readonly netJ: number;
  /** Mean of the idle measurements given. */
  readonly idlePowerW: number;
  /** Largest difference between them: what warming up did to the idle power. */
  readonly idleDriftW: number;
}

/** Subtracts idle power, the mean of those measured (before and after, where both are), from a window's energy. */
export function netEnergy(gross: Figure<Energy>, idle: readonly Figure<IdlePower>[]): Figure<NetEnergy> {
  if (gross.value === null) return absent(gross.reason);
  const powers = idle.flatMap(({ value }) => (value === null ? [] : [value.powerW]));
  if (powers.length === 0) return absent(`no idle power: ${idle[0]?.reason ?? "none was measured"}`);
  const { grossJ, durationS } = gross.value;
  const idlePowerW = mean(powers);
  const idleJ = idlePowerW * durationS;
  const idleDriftW = Math.max(...powers) - Math.min(...powers);
  return measured({ grossJ, idleJ, netJ: grossJ - idleJ, idlePowerW, idleDriftW });
}

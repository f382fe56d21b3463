import { absent, type Figure, measured } from "../figure.js";
import type { Window } from "../time.js";

/** What an energy counter had counted at one moment, from some start. */
export interface CounterReading {
  readonly atS: number;
  readonly totalJ: number;
}

/**
 * Joules that a counter counted over a window, interpolated at its ends: off by at most the power times one update of
 * the counter at either end.
 *
 * Absent with the reason where it was not read over the whole window, or went backwards.
 */
export function counterEnergy(
  counter: Figure<readonly CounterReading[]>,
  { fromS, toS }: Window,
): Figure<{ readonly grossJ: number }> {
  if (counter.value === null) return absent(counter.reason);
  if (!(toS > fromS)) return absent("the window is empty");
  const fromJ = totalAt(counter.value, fromS);
  const toJ = totalAt(counter.value, toS);
  if (fromJ === null || toJ === null) return absent("the counter was not read over the whole window");
  if (toJ < fromJ) return absent("the counter went backwards");
  return measured({ grossJ: toJ - fromJ });
}

function totalAt(readings: readonly CounterReading[], atS: number): number | null {
  const after = readings.findIndex((reading) => reading.atS >= atS);
  const next = readings[after];
  const previous = readings[after - 1];
  if (!next) return null;
  if (!previous) return next.atS === atS ? next.totalJ : null;
  const share = (atS - previous.atS) / (next.atS - previous.atS);
  return previous.totalJ + share * (next.totalJ - previous.totalJ);
}

import { absent, type Figure, measured } from "../figure.js";
import type { LoadReading } from "../host/load-poller.js";
import type { Window } from "../time.js";
import { firstAtOrAfter } from "./integrate.js";

/** What processors did over some windows together. */
export interface Load {
  /** Processor seconds of the watched process: all its threads, and the children it has waited for. */
  readonly ownS: number;
  /** Share of all processors' time that went to anything else, 0 to 1. */
  readonly othersShare: number;
}

/** Of the windows' time this much may lie before the first reading or after the last. */
const mayLackS = 0.25;
const mayLackShare = 0.1;

/**
 * The load over windows, from readings interpolated at their ends. Where the windows go beyond the readings by at most 0.25 s or a
 * tenth, the rest counts as what was read.
 *
 * Absent with the reason where there is no window, more of it lacks, or the system does not count.
 */
export function loadOver(readings: Figure<readonly LoadReading[]>, windows: readonly Window[]): Figure<Load> {
  if (readings.value === null) return absent(readings.reason);
  const list = readings.value;
  const lengthS = totalS(windows);
  if (!(lengthS > 0)) return absent("there is no window");
  const read = { fromS: list[0]?.atS ?? 0, toS: list.at(-1)?.atS ?? 0 };
  const covered = windows.flatMap((window) => common(window, read));
  const coveredS = totalS(covered);
  if (coveredS === 0 || lengthS - coveredS > Math.max(mayLackS, mayLackShare * lengthS))
    return absent(`processor times were read for ${coveredS.toFixed(1)} s of the windows' ${lengthS.toFixed(1)} s`);
  const spent = (key: "ownS" | "busyS" | "capacityS") =>
    covered.reduce((sum, { fromS, toS }) => sum + valueAt(list, toS, key) - valueAt(list, fromS, key), 0);
  const [ownS, busyS, capacityS] = [spent("ownS"), spent("busyS"), spent("capacityS")];
  if (!(capacityS > 0)) return absent("the system's count of processor time stands still");
  const othersShare = Math.min(1, Math.max(0, (busyS - ownS) / capacityS)); // the kernel counts the two apart: off by some ticks
  return measured({ ownS: ownS * (lengthS / coveredS), othersShare });
}

function totalS(windows: readonly Window[]): number {
  return windows.reduce((sum, { fromS, toS }) => sum + toS - fromS, 0);
}

function common(a: Window, b: Window): readonly Window[] {
  const both = { fromS: Math.max(a.fromS, b.fromS), toS: Math.min(a.toS, b.toS) };
  return both.toS > both.fromS ? [both] : [];
}

/** By linear interpolation at a moment between the first reading and the last. */
function valueAt(readings: readonly LoadReading[], atS: number, key: "ownS" | "busyS" | "capacityS"): number {
  const after = firstAtOrAfter(readings, atS);
  const next = readings[after]!;
  const previous = readings[after - 1] ?? next;
  const share = next === previous ? 0 : (atS - previous.atS) / (next.atS - previous.atS);
  return previous[key] + share * (next[key] - previous[key]);
}

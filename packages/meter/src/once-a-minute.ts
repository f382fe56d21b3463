import { absent, type Figure, measured } from "./figure.js";
import { firstAtOrAfter, integrate } from "./integrate.js";
import { type PowerSource, powerReadings } from "./readings.js";
import { mean, standardDeviation } from "./statistics.js";
import type { Trace, Window } from "./trace.js";

/** What a slow sampler would have reported, over all moments at which it could have started. */
export interface SlowEstimate {
  readonly meanJ: number;
  readonly minJ: number;
  readonly maxJ: number;
  readonly sdJ: number;
  readonly phases: number;
  /** Share of the phases at which it would have taken no reading at all in the window (left out of the figures). */
  readonly emptyShare: number;
}

export interface SlowOptions {
  /** Time between readings (default 60 s). */
  readonly intervalS?: number;
  /** Number of starting moments tried, evenly spread over the interval (default 600). */
  readonly phases?: number;
  readonly source?: PowerSource;
}

/**
 * The energy that a sampler reading once a minute would report, `mean of its readings * duration`, and its spread over
 * the phase of that sampler against the window: the way the READ paper measured, made visible on the same trace.
 */
export function onceAMinute(trace: Trace, window: Window, options: SlowOptions = {}): Figure<SlowEstimate> {
  const { intervalS = 60, phases = 600, source } = options;
  const covered = integrate(trace, window, source ? { source } : {});
  if (covered.value === null) return absent(covered.reason);
  const { durationS } = covered.value;
  const readings = powerReadings(trace, covered.value.source).value?.readings ?? [];
  const shownAt = (atS: number) => {
    const after = firstAtOrAfter(readings, atS);
    return (readings[after]?.atS === atS ? readings[after] : (readings[after - 1] ?? readings[after]))?.powerW ?? 0;
  };
  const estimates: number[] = [];
  for (let phase = 0; phase < phases; phase++) {
    const powers: number[] = [];
    const offsetS = ((phase + 0.5) / phases) * intervalS;
    for (let sinceS = offsetS; sinceS < durationS; sinceS += intervalS) powers.push(shownAt(window.fromS + sinceS));
    if (powers.length > 0) estimates.push(mean(powers) * durationS);
  }
  if (estimates.length === 0) return absent("a sampler this slow takes no reading in the window");
  return measured({
    meanJ: mean(estimates),
    minJ: Math.min(...estimates),
    maxJ: Math.max(...estimates),
    sdJ: standardDeviation(estimates),
    phases,
    emptyShare: 1 - estimates.length / phases,
  });
}

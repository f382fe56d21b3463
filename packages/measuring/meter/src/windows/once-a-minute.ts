import { absent, type Figure, measured } from "../figure.js";
import { mean, standardDeviation } from "../statistics.js";
import type { Window } from "../time.js";
import { type PowerSource, powerReadings, type Reading } from "../trace/readings.js";
import type { Trace } from "../trace/trace.js";
import { firstAtOrAfter, integrate } from "./integrate.js";

/** What a slow sampler would have reported, over all moments at which it could have started. */
export interface SlowEstimate {
  readonly intervalS: number;
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
 *
 * Of several windows (a training between evaluations) the sampler runs through from the first to the last, and only its
 * readings within one count.
 */
export function onceAMinute(
  trace: Trace,
  windows: Window | readonly Window[],
  options: SlowOptions = {},
): Figure<SlowEstimate> {
  const { intervalS = 60, phases = 600, source } = options;
  const list = [windows].flat();
  let durationS = 0;
  let used: PowerSource | undefined = source;
  for (const window of list) {
    const covered = integrate(trace, window, source ? { source } : {});
    if (covered.value === null) return absent(covered.reason);
    durationS += covered.value.durationS;
    used = covered.value.source;
  }
  const [first, last] = [list[0], list.at(-1)];
  if (!first || !last) return absent("there is no window");
  const readings = powerReadings(trace, used).value?.readings ?? [];
  const estimates: number[] = [];
  for (let phase = 0; phase < phases; phase++) {
    const powers: number[] = [];
    const offsetS = ((phase + 0.5) / phases) * intervalS;
    for (let atS = first.fromS + offsetS; atS < last.toS; atS += intervalS) {
      if (list.some(({ fromS, toS }) => atS >= fromS && atS < toS)) powers.push(shownAt(readings, atS));
    }
    if (powers.length > 0) estimates.push(mean(powers) * durationS);
  }
  if (estimates.length === 0) return absent("a sampler this slow takes no reading in the window");
  return measured({
    intervalS,
    meanJ: mean(estimates),
    minJ: Math.min(...estimates),
    maxJ: Math.max(...estimates),
    sdJ: standardDeviation(estimates),
    phases,
    emptyShare: 1 - estimates.length / phases,
  });
}

/** What the sensor shows at a moment: its last reading. */
function shownAt(readings: readonly Reading[], atS: number): number {
  const after = firstAtOrAfter(readings, atS);
  const shown = readings[after]?.atS === atS ? readings[after] : (readings[after - 1] ?? readings[after]);
  return shown?.powerW ?? Number.NaN;
}

import type { RunRecord } from "@petl/results";
import type { EnergyCheck, EpochFigures, GpuConditions } from "../model/model.js";
import { distinct, meanOf, present } from "../statistics/statistics.js";

/** The training energy of some seeds against the driver's counter and a once-a-minute sampler; null where none was measured. */
export function energyCheck(records: readonly RunRecord[]): EnergyCheck | null {
  const windows = present(records.map(({ energy }) => energy?.training)).filter((window) => window.grossJ !== null);
  if (windows.length === 0) return null;
  const counters = windows.flatMap(({ counterJ, grossJ }) => (counterJ == null ? [] : [counterJ / grossJ! - 1]));
  const slow = windows.flatMap(({ onceAMinute, grossJ }) =>
    onceAMinute == null
      ? []
      : [
          {
            mean: onceAMinute.meanJ / grossJ! - 1,
            low: onceAMinute.minJ / grossJ! - 1,
            high: onceAMinute.maxJ / grossJ! - 1,
            empty: onceAMinute.emptyShare,
          },
        ],
  );
  return {
    trainJ: meanOf(windows.map(({ grossJ }) => grossJ!))!,
    counterOff: counters.length === windows.length ? meanOf(counters) : null,
    onceAMinute:
      slow.length === 0
        ? null
        : {
            meanOff: meanOf(slow.map(({ mean }) => mean))!,
            lowestOff: Math.min(...slow.map(({ low }) => low)),
            highestOff: Math.max(...slow.map(({ high }) => high)),
            emptyShare: meanOf(slow.map(({ empty }) => empty))!,
          },
    flags: distinct(windows.flatMap(({ flags }) => flags ?? [])),
  };
}

/** First and later epochs apart, over seeds; null for runs of one epoch and records without epochs. */
export function epochFigures(records: readonly RunRecord[]): EpochFigures | null {
  const runs = records.flatMap(({ epochs }) => (epochs !== undefined && epochs.length > 1 ? [epochs] : []));
  if (runs.length === 0 || runs.length < records.length) return null;
  const first = runs.map((epochs) => epochs[0]!);
  const later = runs.flatMap((epochs) => epochs.slice(1));
  const joules = (list: typeof first) => {
    const measured = present(list.map(({ trainGrossJ }) => trainGrossJ));
    return measured.length === list.length ? meanOf(measured) : null;
  };
  const caches = present(records.map(({ activationCache }) => activationCache?.figures ?? null));
  const sum = (read: (cache: (typeof caches)[number]) => number) =>
    caches.reduce((total, cache) => total + read(cache), 0);
  return {
    epochs: Math.max(...runs.map(({ length }) => length)),
    firstS: meanOf(first.map(({ trainTimeS }) => trainTimeS))!,
    laterS: meanOf(later.map(({ trainTimeS }) => trainTimeS))!,
    firstJ: joules(first),
    laterJ: joules(later),
    firstForwards: meanOf(first.map(({ backboneForwards }) => backboneForwards.training))!,
    laterForwards: meanOf(later.map(({ backboneForwards }) => backboneForwards.training))!,
    cache:
      caches.length === 0
        ? null
        : {
            hitRate:
              sum(({ hits }) => hits) /
              Math.max(
                1,
                sum(({ lookups }) => lookups),
              ),
            bytes: Math.max(...caches.map(({ memoryBytes, diskBytes }) => memoryBytes + diskBytes)),
          },
  };
}

/** How the GPU ran in some seeds; null where none was sampled. */
export function gpuConditions(records: readonly RunRecord[]): GpuConditions | null {
  const all = present(records.map(({ conditions }) => conditions));
  if (all.length === 0) return null;
  const values = (read: (conditions: (typeof all)[number]) => number | null) => present(all.map(read));
  const extreme = (list: readonly number[], of: (...list: number[]) => number) =>
    list.length === 0 ? null : of(...list);
  return {
    meanSmClockHz: meanOf(values(({ meanSmClockHz }) => meanSmClockHz)),
    lowestSmClockHz: extreme(
      values(({ lowestSmClockHz }) => lowestSmClockHz),
      Math.min,
    ),
    meanTemperatureC: meanOf(values(({ meanTemperatureC }) => meanTemperatureC)),
    highestTemperatureC: extreme(
      values(({ highestTemperatureC }) => highestTemperatureC),
      Math.max,
    ),
    meanGpuUtilization: meanOf(values(({ meanGpuUtilization }) => meanGpuUtilization)),
    powerLimitsW: distinct(values(({ powerLimitW }) => powerLimitW)),
    pstates: distinct(all.flatMap(({ pstates }) => pstates)),
    coolDownS: meanOf(all.map(({ coolDownS }) => coolDownS))!,
  };
}

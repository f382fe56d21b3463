import {
  type Energy,
  type HostTrace,
  hostEnergy,
  idlePower,
  integrate,
  netEnergy,
  type Trace,
  updatePeriod,
  type Window,
} from "@petl/meter";
import type { EnergyWindow, RunRecord } from "@petl/results";
import type { WindowName } from "./observation.js";
import { totalS } from "./time-part.js";

type Windows = Readonly<Record<WindowName, readonly Window[]>>;
type EnergyPart = NonNullable<RunRecord["energy"]>;

/** Energy of the GPU over a run's windows, with and without what it uses at rest (measured in the `idle` windows). */
export function gpuEnergyPart(trace: Trace, windows: Windows, idle: readonly Window[]): EnergyPart {
  const rest = idle.map((window) => idlePower(trace, window));
  let reason: string | null = null;
  let source: Energy["source"] | null = null;
  let samples = 0;
  const sum = (list: readonly Window[]): EnergyWindow | null => {
    if (list.length === 0) return null;
    let grossJ: number | null = 0;
    let netJ: number | null = 0;
    for (const window of list) {
      const gross = integrate(trace, window);
      if (gross.value === null) {
        reason ??= gross.reason;
        grossJ = netJ = null;
        break;
      }
      ({ source } = gross.value);
      samples += gross.value.samples;
      grossJ += gross.value.grossJ;
      const net = netEnergy(gross, rest);
      netJ = net.value === null || netJ === null ? null : netJ + net.value.netJ;
    }
    const durationS = totalS(list);
    return { grossJ, netJ, meanPowerW: grossJ === null || durationS === 0 ? null : grossJ / durationS, durationS };
  };
  const training = sum(windows.training);
  const evaluation = sum(windows.evaluation);
  const powers = rest.flatMap(({ value }) => (value === null ? [] : [value.powerW]));
  return {
    ...totals(training, evaluation),
    reason: training === null ? (reason ?? "the run ended before its first window") : reason,
    source: source === null ? null : `nvidia-smi power.draw (${source})`,
    training,
    evaluation,
    idlePowerW: powers.length === 0 ? null : powers.reduce((a, b) => a + b, 0) / powers.length,
    samplePeriodS: trace.samples.length === 0 ? null : trace.periodS,
    updatePeriodS: updatePeriod(trace).value?.periodS ?? null,
    samples,
  };
}

/** Energy of the processor and its memory over a run's windows, from their own counters: the whole machine's. */
export function hostEnergyPart(trace: HostTrace | null, windows: Windows): EnergyPart {
  let reason: string | null = trace === null ? "the run's process could not be started" : null;
  const sum = (list: readonly Window[]): EnergyWindow | null => {
    if (list.length === 0 || trace === null) return null;
    const figures = list.map((window) => hostEnergy(trace, window));
    const missing = figures.find(({ value }) => value === null);
    reason ??= missing?.reason ?? null;
    const grossJ = missing === undefined ? figures.reduce((total, { value }) => total + (value?.grossJ ?? 0), 0) : null;
    const durationS = totalS(list);
    return {
      grossJ,
      netJ: null,
      meanPowerW: grossJ === null || durationS === 0 ? null : grossJ / durationS,
      durationS,
    };
  };
  const training = sum(windows.training);
  const evaluation = sum(windows.evaluation);
  const { grossJ, netJ } = totals(training, evaluation);
  return {
    ...{ grossJ, netJ, training, evaluation },
    reason: reason ?? (training === null ? "the run ended before its first window" : null),
    source: grossJ === null ? null : "RAPL, whole machine",
    idlePowerW: null,
    samplePeriodS: null,
    updatePeriodS: null,
    samples: trace?.energy.value?.length ?? 0,
  };
}

/** Gross energy of single windows, null where it was not measured. */
export const gpuJoules =
  (trace: Trace) =>
  (window: Window): number | null =>
    integrate(trace, window).value?.grossJ ?? null;

/** The same of the host. */
export const hostJoules =
  (trace: HostTrace | null) =>
  (window: Window): number | null =>
    trace === null ? null : (hostEnergy(trace, window).value?.grossJ ?? null);

/** Training and evaluation together; null where either is not known. */
function totals(training: EnergyWindow | null, evaluation: EnergyWindow | null) {
  const add = (key: "grossJ" | "netJ"): number | null => {
    const parts = [training, evaluation].filter((part) => part !== null).map((part) => part[key]);
    return parts.length === 0 || parts.includes(null) ? null : parts.reduce<number>((sum, part) => sum + part!, 0);
  };
  return { grossJ: add("grossJ"), netJ: add("netJ") };
}

import {
  counterEnergy,
  type Energy,
  type Figure,
  type HostTrace,
  hostEnergy,
  type IdlePower,
  idlePower,
  integrate,
  netEnergy,
  onceAMinute,
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
  const powers = rest.flatMap(({ value }) => (value === null ? [] : [value.powerW]));
  const training = gpuWindow(trace, windows.training, rest);
  const evaluation = gpuWindow(trace, windows.evaluation, rest);
  const parts = [training, evaluation].filter((part) => part !== null);
  const reason = parts.find((part) => part.reason !== null)?.reason ?? null;
  const source = parts.find((part) => part.source !== null)?.source ?? null;
  const isCounted = parts.some(({ energy }) => energy.counterJ !== null);
  return {
    ...totals(training?.energy ?? null, evaluation?.energy ?? null),
    reason: training === null ? (reason ?? "the run ended before its first window") : reason,
    source: source && `nvidia-smi power.draw (${source})${trace.gpu?.mig ? ", all MIG slices of the card" : ""}`,
    training: training?.energy ?? null,
    evaluation: evaluation?.energy ?? null,
    idlePowerW: powers.length === 0 ? null : powers.reduce((a, b) => a + b, 0) / powers.length,
    idleDriftW: powers.length === 0 ? null : Math.max(...powers) - Math.min(...powers),
    samplePeriodS: trace.samples.length === 0 ? null : trace.periodS,
    updatePeriodS: updatePeriod(trace).value?.periodS ?? null,
    samples: parts.reduce((sum, part) => sum + part.samples, 0),
    counterSource: isCounted ? "NVML total energy consumption" : null,
    counterReason: isCounted ? null : (parts.find((part) => part.counterReason !== null)?.counterReason ?? null),
    problems: trace.problems.map(({ message }) => message),
  };
}

interface GpuWindow {
  readonly energy: EnergyWindow;
  readonly reason: string | null;
  readonly counterReason: string | null;
  readonly source: Energy["source"] | null;
  readonly samples: number;
}

/** All windows of one name together; null where there are none. */
function gpuWindow(trace: Trace, list: readonly Window[], rest: readonly Figure<IdlePower>[]): GpuWindow | null {
  if (list.length === 0) return null;
  const durationS = totalS(list);
  const gross = list.map((window) => integrate(trace, window));
  const net = gross.map((figure) => netEnergy(figure, rest));
  const counted = list.map((window) => counterEnergy(trace.counter, window));
  const grossJ = sumOf(gross, ({ grossJ }) => grossJ);
  return {
    energy: {
      grossJ,
      netJ: sumOf(net, ({ netJ }) => netJ),
      meanPowerW: grossJ === null || durationS === 0 ? null : grossJ / durationS,
      durationS,
      counterJ: sumOf(counted, ({ grossJ }) => grossJ),
      flags: [...new Set(gross.flatMap(({ value }) => value?.flags ?? []))].sort(),
      onceAMinute: slowEstimate(trace, list),
    },
    reason: gross.find(({ value }) => value === null)?.reason ?? null,
    counterReason: counted.find(({ value }) => value === null)?.reason ?? null,
    source: gross.find(({ value }) => value !== null)?.value?.source ?? null,
    samples: gross.reduce((sum, { value }) => sum + (value?.samples ?? 0), 0),
  };
}

function slowEstimate(trace: Trace, list: readonly Window[]): EnergyWindow["onceAMinute"] {
  const { value } = onceAMinute(trace, list);
  if (value === null) return null;
  const { phases: _, ...estimate } = value;
  return estimate;
}

/** Null where one is missing. */
function sumOf<Value>(figures: readonly Figure<Value>[], pick: (value: Value) => number): number | null {
  let sum = 0;
  for (const { value } of figures) {
    if (value === null) return null;
    sum += pick(value);
  }
  return sum;
}

/** Energy of the processor and its memory over a run's windows, from their own counters: the whole machine's, so of no use where runs share it. */
export function hostEnergyPart(trace: HostTrace | null, windows: Windows, isShared: boolean): EnergyPart {
  let reason: string | null =
    trace === null
      ? "the run's process could not be started"
      : isShared
        ? "other runs of the suite went on beside it, and the counters are of the whole machine"
        : null;
  const sum = (list: readonly Window[]): EnergyWindow | null => {
    if (list.length === 0 || trace === null) return null;
    const figures = list.map((window) => hostEnergy(trace, window));
    const missing = figures.find(({ value }) => value === null);
    reason ??= missing?.reason ?? null;
    const grossJ =
      missing === undefined && !isShared ? figures.reduce((total, { value }) => total + (value?.grossJ ?? 0), 0) : null;
    const durationS = totalS(list);
    return {
      grossJ,
      netJ: null,
      meanPowerW: grossJ === null || durationS === 0 ? null : grossJ / durationS,
      durationS,
      counterJ: null,
      flags: [],
      onceAMinute: null,
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
    idleDriftW: null,
    samplePeriodS: null,
    updatePeriodS: null,
    samples: trace?.energy.value?.length ?? 0,
    counterSource: null,
    counterReason: null,
    problems: [],
  };
}

/** Training and evaluation together; null where either is not known. */
function totals(training: EnergyWindow | null, evaluation: EnergyWindow | null) {
  const add = (key: "grossJ" | "netJ"): number | null => {
    const parts = [training, evaluation].filter((part) => part !== null).map((part) => part[key]);
    return parts.length === 0 || parts.includes(null) ? null : parts.reduce<number>((sum, part) => sum + part!, 0);
  };
  return { grossJ: add("grossJ"), netJ: add("netJ") };
}

import type { GpuMeasurement, Measurement } from "@petl/bench";
import { formatBytes, formatCount, formatEnergy, formatNumber, formatPercent, formatSeconds } from "@petl/report";
import { section } from "../../section.js";

type Rows = (readonly [label: string, value: string])[];

const bytes = (value: number): string => formatBytes(value, "decimal");
const orWhy = (value: string | null, reason: string | null): string => value ?? `n/a: ${reason}`;

/** A measurement as sections for a terminal. */
export function measurementTable(measurement: Measurement): string {
  const { gpus, gpuReason } = measurement;
  const none = section("GPU", [["none", gpuReason ?? ""]]);
  const parts = gpus.map((gpu) => section(`GPU ${gpu.index}: ${gpu.name}`, gpuRows(gpu)));
  return [section("Measured", commandRows(measurement)), ...(gpus.length > 0 ? parts : [none])].join("\n");
}

function commandRows({ command, exitCode, signal, wallTimeS, host, sampling }: Measurement): Rows {
  const { peakBytes, treePeakBytes, memoryReason, energyJ, energyReason } = host;
  const tree = treePeakBytes === null ? "" : `; ${bytes(treePeakBytes)} with its children`;
  const tool = sampling.nvidiaSmiShare === null ? "" : `; nvidia-smi ${formatPercent(sampling.nvidiaSmiShare)}`;
  return [
    ["Command", command.join(" ")],
    ["Ended", signal === null ? (exitCode === null ? "not started" : `exit code ${exitCode}`) : `by ${signal}`],
    ["Time", formatSeconds(wallTimeS)],
    ["Host memory", orWhy(peakBytes === null ? null : `peak ${bytes(peakBytes)}${tree}`, memoryReason)],
    ["Host energy", orWhy(energyJ === null ? null : `${formatEnergy(energyJ)} (RAPL, whole machine)`, energyReason)],
    ["Sampling", `${formatPercent(sampling.ownShare)} of one core${tool}`],
  ];
}

function gpuRows({ energy, memory, conditions, powerLimitW, driver }: GpuMeasurement): Rows {
  const { grossJ = null, netJ = null, meanPowerW = null, updatePeriodS, samplePeriodS, counterJ, flags = [] } = energy;
  const net = netJ === null ? "" : `, ${formatEnergy(netJ)} above idle (${formatNumber(energy.idlePowerW ?? 0)} W)`;
  const update = updatePeriodS === null ? "of unknown update period" : `updated every ${formatSeconds(updatePeriodS)}`;
  const sensor = `${energy.source}, ${update}, sampled every ${formatSeconds(samplePeriodS ?? 0)}`;
  const slow = energy.onceAMinute;
  const rows: Rows = [
    ["Energy", orWhy(grossJ === null ? null : formatEnergy(grossJ) + net, energy.reason)],
    ["Mean power", orWhy(meanPowerW === null ? null : `${formatNumber(meanPowerW)} W`, energy.reason)],
    ["Sensor", energy.source === null ? "none" : `${sensor}: ${formatCount(energy.samples)} samples`],
    ["Driver's counter", counterText(counterJ ?? null, grossJ, energy.counterReason)],
  ];
  if (slow)
    rows.push([
      "Once a minute",
      `${formatEnergy(slow.meanJ)} ± ${formatEnergy(slow.sdJ)}, from ${formatEnergy(slow.minJ)} to ${formatEnergy(slow.maxJ)}; no reading at all in ${formatPercent(slow.emptyShare)} of cases`,
    ]);
  rows.push(["Memory", memoryText(memory)]);
  rows.push(["Conditions", conditionsText(conditions, powerLimitW, driver)]);
  if (flags.length > 0) rows.push(["Beware", flags.join(", ")]);
  for (const problem of energy.problems) rows.push(["Problem", problem]);
  return rows;
}

function counterText(counterJ: number | null, grossJ: number | null, reason: string | null): string {
  if (counterJ === null) return `n/a: ${reason}`;
  const apart =
    grossJ === null || counterJ === 0 ? "" : `, the integral is ${formatPercent(grossJ / counterJ - 1)} off`;
  return formatEnergy(counterJ) + apart;
}

function memoryText({ value, reason }: GpuMeasurement["memory"]): string {
  if (value === null) return `n/a: ${reason}`;
  const whose = value.source === "process" ? "of its processes" : "of the device, less the baseline";
  return `peak ${bytes(value.peakBytes)} ${whose}; baseline ${bytes(value.baselineBytes)}`;
}

function conditionsText(seen: GpuMeasurement["conditions"], limitW: number | null, driver: string | null): string {
  const { meanSmClockHz, highestTemperatureC, pstates } = seen;
  return [
    ...(meanSmClockHz === null ? [] : [`${formatNumber(meanSmClockHz / 1e6)} MHz`]),
    ...(highestTemperatureC === null ? [] : [`up to ${highestTemperatureC} °C`]),
    ...(limitW === null ? [] : [`limit ${formatNumber(limitW)} W`]),
    ...pstates,
    `driver ${driver ?? "not known"}`,
  ].join(", ");
}

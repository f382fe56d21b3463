import type { ReportGroup, TaskResult } from "../model/model.js";
import { formatBytes, formatCount, formatNumber, formatPercent, formatSeconds } from "../text/format.js";
import { formatCost } from "./figures.js";
import { type CellInput, type Table, TableBuilder } from "./table.js";
import { variantLabel } from "./variant-label.js";

/** How the figures came about, by task and method: checks of energy, costs of epochs, state of the GPU. Empty tables are left out. */
export function measurementTables(group: ReportGroup): Table[] {
  return [energyCheckTable(group), epochTable(group), conditionsTable(group)].filter(({ rows }) => rows.length > 0);
}

/** Calls `add` for every task and variant with a completed run, tasks outermost. */
export function eachResult(group: ReportGroup, add: (task: string, variant: string, result: TaskResult) => void): void {
  for (const { name, label } of group.tasks) {
    for (const { id } of group.variants) {
      const result = group.results.find((item) => item.variant === id && item.task === name && item.seeds.length > 0);
      if (result) add(label, variantLabel(group, id), result);
    }
  }
}

const number = (value: number | null, text: (value: number) => string, missing = "not recorded"): CellInput =>
  value === null ? { missing } : { text: text(value), value };

/** A relative difference, always signed. */
const off = (share: number): string => (share > 0 ? `+${formatPercent(share)}` : formatPercent(share));

function energyCheckTable(group: ReportGroup): Table {
  const headers = [
    "Task",
    "Method",
    "Energy, training",
    "Driver's counter",
    "Once a minute: mean",
    "Once a minute: lowest",
    "Once a minute: highest",
    "Once a minute: reads nothing",
    "Flags",
  ];
  const caption = "Training energy by the driver's counter and by a sampler that reads once a minute";
  const table = new TableBuilder(`${group.id}-energy-check`, caption, headers, [0, 1, 8]);
  const largest = Math.max(0, ...group.results.map(({ energyCheck }) => energyCheck?.trainJ ?? 0));
  eachResult(group, (task, variant, { energyCheck }) => {
    if (energyCheck === null || (energyCheck.counterOff === null && energyCheck.onceAMinute === null)) return;
    const { trainJ, counterOff, onceAMinute: slow, flags } = energyCheck;
    const why = "shorter than the interval of such a sampler, or not recorded";
    table.row([
      ...[task, variant, { text: formatCost(trainJ, "joules", largest), value: trainJ }],
      number(counterOff, off, "no counter was read"),
      number(slow?.meanOff ?? null, off, why),
      number(slow?.lowestOff ?? null, off, why),
      number(slow?.highestOff ?? null, off, why),
      number(slow?.emptyShare ?? null, formatPercent, why),
      flags.join(", ") || "none",
    ]);
  });
  return table.build();
}

function epochTable(group: ReportGroup): Table {
  const headers = [
    ...["Task", "Method", "Epochs", "First epoch", "Later epoch", "First epoch, energy", "Later epoch, energy"],
    ...["Backbone forwards, first", "Backbone forwards, later", "Cache hits", "Cache size"],
  ];
  const caption = "Training cost of the first epoch and of a later one, on average";
  const table = new TableBuilder(`${group.id}-epochs`, caption, headers, [0, 1]);
  const { reason = "not recorded" } = group.summary.find(({ costs }) => costs.energyJ.reason)?.costs.energyJ ?? {};
  const largest = Math.max(0, ...group.results.map(({ epochs }) => epochs?.firstJ ?? 0));
  const joules = (value: number): string => formatCost(value, "joules", largest);
  const uncached = "no outputs of the backbone were cached";
  eachResult(group, (task, variant, { epochs }) => {
    if (epochs === null) return;
    const { firstS, laterS, firstJ, laterJ, firstForwards, laterForwards, cache } = epochs;
    const relative = (later: number, first: number) => (first > 0 ? formatPercent(later / first) : null);
    table.row([
      ...[task, variant, { text: formatCount(epochs.epochs), value: epochs.epochs }],
      { text: formatSeconds(firstS), value: firstS },
      { text: formatSeconds(laterS), value: laterS, detail: relative(laterS, firstS) },
      number(firstJ, joules, reason ?? undefined),
      laterJ === null || firstJ === null
        ? { missing: reason ?? "not recorded" }
        : { text: joules(laterJ), value: laterJ, detail: relative(laterJ, firstJ) },
      { text: formatCount(Math.round(firstForwards)), value: firstForwards },
      { text: formatCount(Math.round(laterForwards)), value: laterForwards },
      number(cache?.hitRate ?? null, formatPercent, uncached),
      number(cache?.bytes ?? null, formatBytes, uncached),
    ]);
  });
  return table.build();
}

function conditionsTable(group: ReportGroup): Table {
  const headers = [
    ...[
      "Task",
      "Method",
      "SM clock",
      "SM clock, lowest",
      "Temperature",
      "Temperature, highest",
      "Utilisation",
      "Power limit",
    ],
    ...["Cool-down before", "Performance states"],
  ];
  const table = new TableBuilder(`${group.id}-conditions`, "How the GPU ran", headers, [0, 1, 9]);
  const megahertz = (value: number): string => `${formatCount(Math.round(value / 1e6))} MHz`;
  const celsius = (value: number): string => `${formatNumber(value)} °C`;
  eachResult(group, (task, variant, { conditions }) => {
    if (conditions === null) return;
    const { powerLimitsW: limits, coolDownS } = conditions;
    table.row([
      ...[task, variant, number(conditions.meanSmClockHz, megahertz), number(conditions.lowestSmClockHz, megahertz)],
      ...[number(conditions.meanTemperatureC, celsius), number(conditions.highestTemperatureC, celsius)],
      number(conditions.meanGpuUtilization, formatPercent),
      limits.length === 0
        ? { missing: "not recorded" }
        : { text: limits.map((w) => `${w} W`).join(", "), value: limits[0]! },
      { text: formatSeconds(coolDownS), value: coolDownS },
      conditions.pstates.join(", ") || "not recorded",
    ]);
  });
  return table.build();
}

import { parse } from "csv-parse/sync";
import type { Sample } from "../trace/trace.js";
import { parseTimestamp } from "./timestamp.js";

/** Fields queried once, when the meter is opened. */
export const PROBE_FIELDS = [
  "timestamp",
  "index",
  "uuid",
  "name",
  "driver_version",
  "power.draw.instant",
  "power.draw.average",
  "power.draw",
  "memory.used",
  "memory.total",
  "utilization.gpu",
  "temperature.gpu",
  "clocks.sm",
  "power.limit",
  "pstate",
  "mig.mode.current",
] as const;

type Key = Exclude<keyof Sample, "atS" | "timedBy" | "pstate">;

/** nvidia-smi prints MiB, MHz and percent; samples hold bytes, Hz and shares. */
const NUMBERS: Readonly<Record<string, { readonly key: Key; readonly scale: number }>> = {
  "power.draw.instant": { key: "powerInstantW", scale: 1 },
  "power.draw.average": { key: "powerAverageW", scale: 1 },
  "power.draw": { key: "powerDrawW", scale: 1 },
  "memory.used": { key: "memoryUsedBytes", scale: 2 ** 20 },
  "utilization.gpu": { key: "gpuUtilization", scale: 0.01 },
  "temperature.gpu": { key: "temperatureC", scale: 1 },
  "clocks.sm": { key: "smClockHz", scale: 1e6 },
};

/** The fields to sample, of those the driver supports. */
export function streamFields(known: readonly string[]): readonly string[] {
  return known.filter((field) => field === "timestamp" || field === "pstate" || field in NUMBERS);
}

/** The cells of one CSV line, trimmed; null if it is no CSV. */
export function parseCells(line: string): readonly string[] | null {
  if (!line.includes('"')) return line.split(",").map((cell) => cell.trim()); // twenty times a second: as cheap as can be
  try {
    const rows: string[][] = parse(line, { trim: true, relax_column_count: true });
    return rows.length === 1 ? (rows[0] ?? null) : null;
  } catch {
    return null;
  }
}

/** Whether a cell means that there is no value: `[N/A]`, `[Not Supported]`, `[Unknown Error]`, `N/A`, ... */
export function isAbsent(cell: string): boolean {
  return /^(\[.*\]|N\/A|Not Supported|)$/i.test(cell);
}

/** The number in a cell; null if absent, NaN if the cell is neither a plain decimal nor absent ("12,34" is neither). */
export function parseNumber(cell: string): number | null {
  if (isAbsent(cell)) return null;
  return /^\d+(\.\d+)?$/.test(cell) ? Number(cell) : Number.NaN;
}

/** A sample whose time is still the driver's (wall clock). */
export interface Row {
  readonly stampS: number;
  readonly values: Omit<Sample, "atS" | "timedBy">;
}

/** Parses one line of the stream; null if anything in it is not as expected. */
export function parseRow(line: string, fields: readonly string[]): Row | null {
  const cells = parseCells(line);
  if (!cells || cells.length !== fields.length) return null;
  const values: Record<Key, number | null> & { pstate: string | null } = {
    powerInstantW: null,
    powerAverageW: null,
    powerDrawW: null,
    memoryUsedBytes: null,
    gpuUtilization: null,
    temperatureC: null,
    smClockHz: null,
    pstate: null,
  };
  let stampS: number | null = null;
  for (const [index, field] of fields.entries()) {
    const cell = cells[index] ?? "";
    const number = NUMBERS[field];
    if (field === "timestamp") {
      stampS = parseTimestamp(cell);
    } else if (field === "pstate") {
      if (!isAbsent(cell) && !/^P\d+$/.test(cell)) return null;
      values.pstate = isAbsent(cell) ? null : cell;
    } else if (number) {
      const value = parseNumber(cell);
      if (Number.isNaN(value)) return null;
      values[number.key] = value === null ? null : value * number.scale;
    }
  }
  return stampS === null ? null : { stampS, values };
}

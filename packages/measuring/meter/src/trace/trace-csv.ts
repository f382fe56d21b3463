import { createHash } from "node:crypto";
import { readText, writeWhole } from "@petl/files";
import { type CsvError, parse } from "csv-parse/sync";
import { MeterError } from "../errors.js";
import { absent, measured } from "../figure.js";
import type { CounterReading } from "./counter.js";
import type { ProcessMemorySample, Sample, Trace } from "./trace.js";

/** A row has at most 120 bytes: this is a day at 25 samples a second. */
const MOST_BYTES = 1 << 28;
const VERSION = "petl-trace 2";
const COLUMNS = [
  "atS",
  "timedBy",
  "powerInstantW",
  "powerAverageW",
  "powerDrawW",
  "memoryUsedBytes",
  "gpuUtilization",
  "temperatureC",
  "smClockHz",
  "pstate",
  "processMemoryBytes",
  "counterJ",
] as const;

type Cells = Readonly<Record<(typeof COLUMNS)[number], string>>;

/**
 * Writes a trace as CSV, whole or not at all, and returns the file's SHA-256.
 *
 * The first line is a comment (`#`) with the trace's metadata as JSON, the second the header. Rows are in order of time: samples,
 * process memory (only `processMemoryBytes`) and readings of the energy counter (only `counterJ`). An empty cell is an absent value.
 */
export async function writeTraceCsv(path: string, trace: Trace): Promise<string> {
  const { samples, processMemory, counter, ...about } = trace;
  const rows = [
    ...samples.map((sample) => rowOf({ ...sample, processMemoryBytes: null, counterJ: null })),
    ...processMemory.map(({ atS, bytes }) => rowOf({ atS, processMemoryBytes: bytes })),
    ...(counter.value ?? []).map(({ atS, totalJ }) => rowOf({ atS, counterJ: totalJ })),
  ].sort(([a], [b]) => a - b);
  const head = JSON.stringify({ ...about, counterReason: counter.reason });
  const lines = [`# ${VERSION} ${head}`, COLUMNS.join(","), ...rows.map(([, row]) => row)];
  const text = `${lines.join("\n")}\n`;
  await writeWhole(path, text);
  return createHash("sha256").update(text).digest("hex");
}

type Values = Partial<Record<(typeof COLUMNS)[number], number | string | null>> & { readonly atS: number };

function rowOf(values: Values): readonly [atS: number, row: string] {
  return [values.atS, COLUMNS.map((column) => values[column] ?? "").join(",")];
}

/** Reads what `writeTraceCsv` wrote. Throws `MeterError` `E_TRACE_FORMAT` if the file is not of that form. */
export async function readTraceCsv(path: string): Promise<Trace> {
  const text = readText(path, MOST_BYTES);
  const lineEnd = text.indexOf("\n");
  const head = text.slice(0, lineEnd);
  if (!head.startsWith(`# ${VERSION} `)) throw formatError(path, 1, `a first line "# ${VERSION} {...}"`, head);
  const { counterReason, ...about } = parseAbout(path, head.slice(VERSION.length + 3));
  const samples: Sample[] = [];
  const processMemory: ProcessMemorySample[] = [];
  const counted: CounterReading[] = [];
  let line = 1;
  const add = (row: string[]): void => {
    line++;
    if (line === 2) {
      checkHeader(path, row);
      return;
    }
    if (row.length !== COLUMNS.length) throw formatError(path, line, `${COLUMNS.length} cells`, `${row.length}`);
    const cells = Object.fromEntries(COLUMNS.map((column, at) => [column, row[at] ?? ""])) as Cells;
    const { processMemoryBytes, counterJ } = cells;
    if (processMemoryBytes !== "")
      processMemory.push({ atS: number(path, line, cells.atS), bytes: number(path, line, processMemoryBytes) });
    else if (counterJ !== "")
      counted.push({ atS: number(path, line, cells.atS), totalJ: number(path, line, counterJ) });
    else samples.push(toSample(path, line, cells));
  };
  try {
    parse(text.slice(lineEnd + 1), {
      relax_column_count: true,
      on_record(row: string[]) {
        add(row);
        return null; // the cells of a long trace would take ten times its own size
      },
    });
  } catch (error) {
    if (error instanceof MeterError) throw error;
    const { lines = 1, message } = error as CsvError & { lines?: number };
    throw formatError(path, Number(lines) + 1, "comma-separated cells", message);
  }
  if (line === 1) checkHeader(path, []);
  const counter = counterReason === null ? measured(counted) : absent<never>(counterReason);
  return { ...about, samples, counter, processMemory };
}

function checkHeader(path: string, row: readonly string[]): void {
  if (row.join() !== COLUMNS.join()) throw formatError(path, 2, COLUMNS.join(), row.join() || "nothing");
}

function toSample(path: string, line: number, cells: Cells): Sample {
  const numberOrNull = (cell: string) => (cell === "" ? null : number(path, line, cell));
  const { timedBy, pstate } = cells;
  if (timedBy !== "sensor" && timedBy !== "arrival") throw formatError(path, line, `"sensor" or "arrival"`, timedBy);
  return {
    atS: number(path, line, cells.atS),
    timedBy,
    powerInstantW: numberOrNull(cells.powerInstantW),
    powerAverageW: numberOrNull(cells.powerAverageW),
    powerDrawW: numberOrNull(cells.powerDrawW),
    memoryUsedBytes: numberOrNull(cells.memoryUsedBytes),
    gpuUtilization: numberOrNull(cells.gpuUtilization),
    temperatureC: numberOrNull(cells.temperatureC),
    smClockHz: numberOrNull(cells.smClockHz),
    pstate: pstate === "" ? null : pstate,
  };
}

function number(path: string, line: number, cell: string): number {
  const value = Number(cell);
  if (cell === "" || !Number.isFinite(value)) throw formatError(path, line, "a number", cell);
  return value;
}

/** `counterReason` is null where the counter was read. */
type About = Omit<Trace, "samples" | "processMemory" | "counter"> & { readonly counterReason: string | null };

function parseAbout(path: string, json: string): About {
  try {
    const about = JSON.parse(json) as About | null;
    if (typeof about === "object" && about !== null) return about;
  } catch {
    // reported below, like other JSON that is not about a trace
  }
  throw formatError(path, 1, "JSON about the trace", json);
}

function formatError(path: string, line: number, expected: string, got: string): MeterError {
  const message = `trace ${path}, line ${line}: expected ${expected}, got "${got.slice(0, 80)}". Measure again to get a new one.`;
  return new MeterError("E_TRACE_FORMAT", message, { path, line });
}

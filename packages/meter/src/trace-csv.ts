import { readFile, rename, writeFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";
import { MeterError } from "./errors.js";
import type { ProcessMemorySample, Sample, Trace } from "./trace.js";

const VERSION = "petl-trace 1";
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
] as const;

type Cells = Readonly<Record<(typeof COLUMNS)[number], string>>;

/**
 * Writes a trace as CSV: one comment line (`#`) with what is not a sample as JSON, a header, then one row a sample in
 * order of time; an empty cell is an absent value, a row with only `processMemoryBytes` one of the watched processes.
 * The file appears whole or not at all.
 */
export async function writeTraceCsv(path: string, trace: Trace): Promise<void> {
  const { samples, processMemory, ...about } = trace;
  const rows = [
    ...samples.map((sample): readonly [number, string] => [
      sample.atS,
      COLUMNS.map((column) => (column === "processMemoryBytes" ? "" : (sample[column] ?? ""))).join(","),
    ]),
    ...processMemory.map(({ atS, bytes }): readonly [number, string] => [
      atS,
      COLUMNS.map((column) => (column === "atS" ? atS : column === "processMemoryBytes" ? bytes : "")).join(","),
    ]),
  ].sort(([a], [b]) => a - b);
  const lines = [`# ${VERSION} ${JSON.stringify(about)}`, COLUMNS.join(","), ...rows.map(([, row]) => row)];
  const partial = `${path}.partial`;
  await writeFile(partial, `${lines.join("\n")}\n`);
  await rename(partial, path);
}

/** Reads what `writeTraceCsv` wrote. Throws `MeterError` `E_TRACE_FORMAT` if the file is not of that form. */
export async function readTraceCsv(path: string): Promise<Trace> {
  const text = await readFile(path, "utf8");
  const lineEnd = text.indexOf("\n");
  const head = text.slice(0, lineEnd);
  if (!head.startsWith(`# ${VERSION} `)) throw formatError(path, 1, `a first line "# ${VERSION} {...}"`, head);
  const about = parseAbout(path, head.slice(VERSION.length + 3));
  const [header, ...rows]: string[][] = parse(text.slice(lineEnd + 1), { relax_column_count: true });
  if (header?.join() !== COLUMNS.join()) throw formatError(path, 2, COLUMNS.join(), header?.join() ?? "nothing");
  const samples: Sample[] = [];
  const processMemory: ProcessMemorySample[] = [];
  for (const [index, row] of rows.entries()) {
    const line = index + 3;
    if (row.length !== COLUMNS.length) throw formatError(path, line, `${COLUMNS.length} cells`, `${row.length}`);
    const cells = Object.fromEntries(COLUMNS.map((column, at) => [column, row[at] ?? ""])) as Cells;
    if (cells.processMemoryBytes === "") samples.push(toSample(path, line, cells));
    else
      processMemory.push({ atS: number(path, line, cells.atS), bytes: number(path, line, cells.processMemoryBytes) });
  }
  return { ...about, samples, processMemory };
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

function parseAbout(path: string, json: string): Omit<Trace, "samples" | "processMemory"> {
  try {
    return JSON.parse(json) as Omit<Trace, "samples" | "processMemory">;
  } catch {
    throw formatError(path, 1, "JSON about the trace", json);
  }
}

function formatError(path: string, line: number, expected: string, got: string): MeterError {
  const message = `trace ${path}, line ${line}: expected ${expected}, got "${got.slice(0, 80)}". Write it anew with writeTraceCsv.`;
  return new MeterError("E_TRACE_FORMAT", message, { path, line });
}

import { join } from "node:path";
import { type Measured, measureCommand, refuseForeign } from "@petl/bench";
import { makeDirectory, markFolder, writeWhole } from "@petl/files";
import { writeTraceCsv } from "@petl/meter";
import { userDirectory, userPath } from "../../user-directory.js";
import { measurementTable } from "./table.js";

export interface MeasureFlags {
  readonly gpu?: string[];
  /** Milliseconds. */
  readonly period: number;
  /** Seconds. */
  readonly idle: number;
  readonly out?: string;
  readonly json?: boolean;
  readonly allowBusy?: boolean;
}

/** Measures a command, prints what it cost and returns its exit code. */
export async function runMeasure(command: readonly [string, ...string[]], flags: MeasureFlags): Promise<number> {
  const { gpu = [], period, idle, out, json = false, allowBusy = false } = flags;
  if (out !== undefined) claim(userPath(out)); // before the command has run for hours
  const measured = await measureCommand({
    ...{ command, directory: userDirectory(), gpus: gpu, periodMs: period, idleS: idle, allowBusy },
    stdout: json ? "stderr" : "inherit",
  });
  if (json) console.log(JSON.stringify(measured.measurement, null, 2));
  else console.error(`\n${measurementTable(measured.measurement)}`);
  const { exitCode, signal } = measured.measurement;
  if (exitCode === null && signal === null)
    console.error(`error: ${command[0]}: expected a program that can be run, got none; check its name and PATH`);
  if (out !== undefined) await writeMeasured(userPath(out), measured);
  return measured.exitCode;
}

/** Makes the folder and marks it as ours. @throws BenchError where it holds what is not */
function claim(folder: string): void {
  refuseForeign(folder, "bench measurement");
  makeDirectory(folder);
  markFolder(folder, "bench measurement", {});
}

async function writeMeasured(directory: string, { measurement, traces }: Measured): Promise<void> {
  const files = measurement.gpus.map(({ index }) => `gpu-${index}.csv`);
  const sums = await Promise.all(traces.map((trace, at) => writeTraceCsv(join(directory, files[at]!), trace)));
  const traceFiles = files.map((file, at) => ({ file, sha256: sums[at]! }));
  const path = join(directory, "measure.json");
  await writeWhole(path, `${JSON.stringify({ ...measurement, traces: traceFiles }, null, 2)}\n`);
  console.error(`measurement: ${path}`);
}

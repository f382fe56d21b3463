import { existsSync } from "node:fs";
import { relative } from "node:path";
import type { Plan, SuiteResult } from "@petl/bench";
import { oneLine } from "@petl/files";
import { published } from "@petl/presets";
import {
  buildReport,
  type ReportModel,
  readTraces,
  recordFiles,
  renderTable,
  resultsJson,
  writeReports,
} from "@petl/report";
import { isSettled, type RecordSet, readRecords } from "@petl/results";
import type { ExitCode } from "../../exit.js";
import { terminalOptions } from "../../terminal/terminal-options.js";
import { userDirectory } from "../../user-directory.js";
import type { GlueFlags } from "./flags.js";
import { rescueRecords } from "./rescue-records.js";

/** Prints the table, writes the reports of all records in the output directory, and names what is missing and how to get it. */
export async function finishSuite(plan: Plan, out: string, result: SuiteResult, flags: GlueFlags): Promise<ExitCode> {
  const { records, problems } = await allRecords(out, result);
  const { reference } = plan.suite;
  const warn = (message: string): void => console.error(`warning: ${message}`);
  const traces = await readTraces(out, records, warn);
  const files = new Map(recordFiles(out, records, out));
  const model = buildReport(records, {
    ...{ reference, directories: [out], problems, published, traces },
    recordFiles: files,
  });
  const say = (text: string): void => (flags.json ? console.error(text) : console.log(text));
  if (flags.json) console.log(JSON.stringify(resultsJson(records, out), null, 2));
  if (records.length > 0 && !(flags.json && flags.quiet)) say(`\n${renderTable(model, terminalOptions(flags.json))}`);
  const isReported = records.length === 0 || (await report(out, model, say));
  await sayUnsaved(out, result);
  const missing = plan.outline.length - result.records.filter(isSettled).length;
  if (missing > 0) {
    const failed = result.records.filter((record) => record.status === "failed" && !isSettled(record)).length;
    const why = [
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(result.elsewhere > 0 ? [`${result.elsewhere} left to other processes`] : []),
      ...(result.cancelled ? ["cancelled"] : []),
    ].join(", ");
    const how = `to run only those: the same command with --out ${shownPath(out)}`;
    console.error(`${missing} of ${plan.outline.length} runs are not completed (${why}); ${how}`);
  }
  if (result.cancelled) return 130;
  return missing > 0 || result.unsaved.length > 0 || !isReported ? 1 : 0;
}

/** All records of the output directory, and those of this suite that could not be written there. */
async function allRecords(out: string, { records }: SuiteResult): Promise<RecordSet> {
  const none: RecordSet = { records: [], problems: [] };
  const onDisk = existsSync(out) ? await readRecords(out).catch(() => none) : none;
  const byId = new Map([...onDisk.records, ...records].map((record) => [record.id, record]));
  return { records: [...byId.values()], problems: onDisk.problems };
}

async function report(out: string, model: ReportModel, say: (text: string) => void): Promise<boolean> {
  try {
    for (const file of await writeReports(out, model)) say(`report: ${shownPath(file)}`);
    return true;
  } catch (error) {
    console.error(`error: the report could not be written: ${oneLine((error as Error).message)}`);
    return false;
  }
}

async function sayUnsaved(out: string, { records, unsaved }: SuiteResult): Promise<void> {
  if (unsaved.length === 0) return;
  const folder = await rescueRecords(records.filter(({ id }) => unsaved.includes(id)));
  const where = folder === undefined ? "and are lost" : `and were kept in ${folder}`;
  console.error(`error: ${unsaved.length} records could not be written to ${out} ${where}: ${unsaved.join(", ")}`);
}

/** A path relative to the user's directory where that is shorter. */
function shownPath(path: string): string {
  const short = relative(userDirectory(), path);
  return short.length > 0 && short.length < path.length ? short : path;
}

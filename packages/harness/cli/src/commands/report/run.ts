import { existsSync } from "node:fs";
import { findGpuSpec, gpuSpecs, namedIn } from "@petl/bench";
import { published } from "@petl/presets";
import {
  buildReport,
  type ReportFormat,
  type ReportModel,
  readTraces,
  recordFiles,
  renderTable,
  resultsJson,
  withPscp,
  writeReports,
} from "@petl/report";
import { readRecords } from "@petl/results";
import { type CodeFlags, codePlaces } from "../../code-places.js";
import { type ExitCode, UsageError } from "../../exit.js";
import { terminalOptions } from "../../terminal/terminal-options.js";
import { userPath } from "../../user-directory.js";
import { flopsOfGroups, forecastGroups } from "./forecast-groups.js";
import type { OptionalColumn } from "./optional-columns.js";

export interface ReportFlags extends CodeFlags {
  readonly out?: string;
  readonly reference: string;
  readonly format: readonly ReportFormat[];
  readonly grouped?: boolean;
  readonly cleanOnly?: boolean;
  readonly json?: boolean;
  /** What the summary has beside the usual. */
  readonly columns?: readonly OptionalColumn[];
  /** GPUs by name; true without names: every GPU with known figures. */
  readonly plan?: true | readonly string[];
}

/** Writes the reports of all records in the directories together. @throws UsageError where there are none or they do not compare */
export async function mergeReports(given: string[], flags: ReportFlags): Promise<ExitCode> {
  const { out, reference, json, cleanOnly = false } = flags;
  const directories = given.map(userPath);
  const missing = directories.find((directory) => !existsSync(directory));
  if (missing !== undefined)
    throw new UsageError(
      `${missing}: expected a directory that bench glue wrote, but it does not exist; check the path`,
    );
  const sets = await Promise.all(directories.map((directory) => readRecords(directory)));
  const records = sets.flatMap((set) => set.records);
  const problems = sets.flatMap((set) => set.problems);
  const warn = (message: string): void => console.error(`warning: ${message}`);
  const traces = new Map(
    (await Promise.all(sets.map((set, index) => readTraces(directories[index]!, set.records, warn)))).flatMap((map) => [
      ...map,
    ]),
  );
  const target = out === undefined ? directories[0]! : userPath(out);
  const files = new Map(sets.flatMap((set, index) => recordFiles(directories[index]!, set.records, target)));
  const measured = buildReport(records, {
    ...{ reference, directories, problems, published, traces, cleanOnly },
    recordFiles: files,
  });
  const places = namedIn(codePlaces(flags), `a record in ${directories.join(" or ")}`);
  const planned = flags.plan === undefined ? [] : await forecastGroups(measured, gpusOf(flags.plan), places);
  const hasPscp = flags.columns?.includes("pscp") ?? false;
  const model = {
    ...(hasPscp ? withPscp(measured, await flopsOfGroups(measured, places)) : measured),
    planned,
  };
  if (model.empty !== null) throw new UsageError(model.empty);
  if (directories.length > 1 && !flags.grouped) refuseGroups(model);
  const written = await writeReports(target, model, flags.format);
  const say = (text: string): void => (json ? console.error(text) : console.log(text));
  if (json) console.log(JSON.stringify(resultsJson(records, target), null, 2));
  say(renderTable(model, terminalOptions(json)));
  for (const file of written) say(`report: ${file}`);
  return 0;
}

const gpusOf = (names: true | readonly string[]) => (names === true ? gpuSpecs : names.map(findGpuSpec));

/** Refuses runs under different conditions; `--grouped` allows them. */
function refuseGroups({ groups }: ReportModel): void {
  if (groups.length < 2) return;
  const names = groups.map(({ name, facts }) => {
    const data = facts.find(({ label }) => label === "Data");
    return data ? `${name}, ${data.value}` : name;
  });
  throw new UsageError(
    `these runs do not compare: expected one backbone, device, precision and data, got ${groups.length} sets (${names.join(" | ")}); use --grouped for a table for each`,
  );
}

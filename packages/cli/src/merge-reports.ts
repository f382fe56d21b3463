import { existsSync } from "node:fs";
import { buildReport, renderTable, resultsJson } from "@petl/report";
import { readRecords } from "@petl/results";
import { type ExitCode, UsageError } from "./exit.js";
import { userPath } from "./user-directory.js";
import { writeReports } from "./write-reports.js";

export interface ReportFlags {
  readonly out?: string;
  readonly reference: string;
  readonly json?: boolean;
}

/** Reports on all records of the directories together. @throws UsageError where there are none */
export async function mergeReports(given: string[], { out, reference, json }: ReportFlags): Promise<ExitCode> {
  const directories = given.map(userPath);
  const missing = directories.find((directory) => !existsSync(directory));
  if (missing !== undefined) throw new UsageError(`${missing}: expected a directory that bench glue wrote, got none`);
  const sets = await Promise.all(directories.map((directory) => readRecords(directory)));
  const records = sets.flatMap((set) => set.records);
  const problems = sets.flatMap((set) => set.problems);
  const model = buildReport(records, { reference, directories, problems });
  if (model.empty !== null) throw new UsageError(model.empty);
  const target = out === undefined ? directories[0]! : userPath(out);
  const files = await writeReports(target, model);
  const say = (text: string): void => (json ? console.error(text) : console.log(text));
  if (json) console.log(JSON.stringify(resultsJson(records, target), null, 2));
  say(renderTable(model));
  for (const file of files) say(`report: ${file}`);
  return 0;
}

import { existsSync } from "node:fs";
import { defaultReference } from "@petl/benchmarks";
import { buildReport, renderTable, resultsJson } from "@petl/report";
import { readRecords } from "@petl/results";
import type { Command } from "commander";
import { type ExitCode, UsageError } from "./exit.js";
import { userPath } from "./user-directory.js";
import { writeReports } from "./write-reports.js";

interface ReportFlags {
  readonly out?: string;
  readonly reference: string;
  readonly json?: boolean;
}

/** Declares `bench report`. */
export function defineReport(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command("report")
    .summary("rebuild report.html and report.md from records")
    .description("Rebuilds the reports from the records of one or more output directories; several are merged.")
    .argument("<dir...>", "directories that bench glue wrote")
    .option("--out <dir>", "where the reports go (default: the first directory)")
    .option("--reference <method>", "the method the others are compared with", defaultReference)
    .option("--json", "print the results as one JSON object on stdout (default: a table)")
    .addHelpText("after", "\nExample:\n  pnpm bench report reports/quick-1 reports/quick-2 --out reports/both")
    .action(async (directories: string[], flags: ReportFlags) => finish(await report(directories, flags)));
}

async function report(given: string[], { out, reference, json }: ReportFlags): Promise<ExitCode> {
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

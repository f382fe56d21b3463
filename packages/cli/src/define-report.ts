import { defaultReference } from "@petl/benchmarks";
import type { Command } from "commander";
import type { ExitCode } from "./exit.js";
import type { ReportFlags } from "./merge-reports.js";

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
    .action(async (directories: string[], flags: ReportFlags) => {
      const { mergeReports } = await import("./merge-reports.js"); // charts take half a second to load
      finish(await mergeReports(directories, flags));
    });
}

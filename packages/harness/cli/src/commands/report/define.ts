import { defaultReference } from "@petl/presets";
import { type Command, InvalidArgumentError } from "commander";
import type { ExitCode } from "../../exit.js";
import { names } from "../../parse-arguments.js";
import type { ReportFormat } from "../../write-reports.js";
import type { ReportFlags } from "./run.js";

const formats: readonly ReportFormat[] = ["html", "md", "latex", "csv"];

/** `html,md` as formats. */
function formatList(text: string): ReportFormat[] {
  return names(text).map((name) => {
    const format = formats.find((known) => known === name);
    if (format === undefined) throw new InvalidArgumentError(`Expected some of ${formats.join(", ")}, got "${name}".`);
    return format;
  });
}

/** Declares `bench report`. */
export function defineReport(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command("report")
    .summary("rebuild the reports from records")
    .description(
      "Rebuilds the reports from the records of one or more output directories; several are merged, if their runs compare.",
    )
    .argument("<dir...>", "directories that bench glue wrote")
    .option("--out <dir>", "where the reports go (default: the first directory)")
    .option("--reference <method>", "the method the others are compared with", defaultReference)
    .option("--format <list>", `which reports: ${formats.join(", ")}`, formatList, ["html", "md"])
    .option("--grouped", "report runs that do not compare, each kind in tables of its own (default: refuse them)")
    .option("--clean-only", "leave out runs of uncommitted code (default: keep them, with a notice)")
    .option(
      "--plan [gpus]",
      "add what the plan predicts for the same methods, on these GPUs or all (default: none)",
      names,
    )
    .option("--json", "print the results as one JSON object on stdout (default: a table)")
    .addHelpText("after", "\nExample:\n  pnpm bench report reports/quick-1 reports/quick-2 --out reports/both")
    .action(async (directories: string[], flags: ReportFlags) => {
      const { mergeReports } = await import("./run.js"); // charts take half a second to load
      finish(await mergeReports(directories, flags));
    });
}

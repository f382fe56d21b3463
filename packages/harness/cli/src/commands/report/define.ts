import { defaultReference } from "@petl/presets";
import type { ReportFormat } from "@petl/report";
import { type Command, InvalidArgumentError } from "commander";
import { addCodeFlags } from "../../code-places.js";
import type { ExitCode } from "../../exit.js";
import { names } from "../../parse-arguments.js";
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
  const command = program
    .command("report")
    .summary("rebuild reports from run records")
    .description(
      "Rebuilds the reports from the records of one or more output directories. Several directories become one report if their runs compare.",
    )
    .argument("<dir...>", "output directories of bench glue")
    .option("--out <dir>", "where to write the reports (default: the first directory)")
    .option("--reference <method>", "method to compare the others with", defaultReference)
    .option("--format <list>", `formats to write: ${formats.join(", ")}`, formatList, ["html", "md"])
    .option("--grouped", "report runs that do not compare, with separate tables for each group (default: refuse them)")
    .option("--clean-only", "leave out runs of uncommitted code (default: keep them and say so)")
    .option(
      "--plan [gpus]",
      "add a forecast for the same methods on these GPUs, or on all without names (default: none)",
      names,
    )
    .option("--json", "print the results as one JSON object to stdout (default: a table)");
  addCodeFlags(command, { dataNamesCode: true });
  command
    .addHelpText("after", "\nExample:\n  pnpm bench report reports/quick-1 reports/quick-2 --out reports/both")
    .action(async (directories: string[], flags: ReportFlags) => {
      const { mergeReports } = await import("./run.js"); // charts take half a second to load
      finish(await mergeReports(directories, flags));
    });
}

import { defaultReference } from "@petl/presets";
import type { ReportFormat } from "@petl/report";
import { type Command, InvalidArgumentError } from "commander";
import { addCodeFlags } from "../../code-places.js";
import type { ExitCode } from "../../exit.js";
import { names } from "../../parse-arguments.js";
import { optionalColumns } from "./optional-columns.js";
import type { ReportFlags } from "./run.js";

const formats: readonly ReportFormat[] = ["html", "md", "latex", "csv"];

/** Reads `html,md` as words of a list. */
function listOf<Word extends string>(known: readonly Word[]): (text: string) => Word[] {
  return (text) =>
    names(text).map((name) => {
      const word = known.find((each) => each === name);
      if (word === undefined) throw new InvalidArgumentError(`Expected some of ${known.join(", ")}, got "${name}".`);
      return word;
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
    .option(
      "--reference <method>",
      "method to compare the others with, or one of its variants as the report names it",
      defaultReference,
    )
    .option("--format <list>", `formats to write: ${formats.join(", ")}`, listOf(formats), ["html", "md"])
    .option(
      "--columns <list>",
      "more columns for the summary: pscp, PEFT-Bench's score that costs bring down (default: none)",
      listOf(optionalColumns),
    )
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
      const { mergeReports } = await import("./run.js"); // charts are loaded where they are drawn
      finish(await mergeReports(directories, flags));
    });
}

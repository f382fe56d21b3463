import { suiteFields } from "@petl/settings";
import type { Command } from "commander";
import type { ExitCode } from "../../exit.js";
import type { GlueFlags } from "../glue/flags.js";
import { addOutputFlags, addSuiteFlags } from "../glue/suite-flags.js";

/** Declares `bench tune`. */
export function defineTune(program: Command, finish: (code: ExitCode) => void): void {
  const command = program
    .command("tune")
    .summary("search each method's learning rate on held-out training examples")
    .description(
      "Tries the same number of learning rates for every method and task, on training examples held out from training; dev is not read. It takes the flags of bench glue. The choices are printed and written to <out>/rates.json; bench glue --protocol tuned with the same flags goes on from there, and a search that was interrupted is resumed. Trials of a completed search are shown, not repeated.",
    );
  addSuiteFlags(command, { trials: suiteFields.trials.default });
  addOutputFlags(command);
  command.addHelpText(
    "after",
    [
      "\nExamples:",
      "  pnpm bench tune --tasks sst2,rte --trials 8",
      "  pnpm bench tune --suite my-suite.json --out search   # again: resumes, or shows what was chosen",
      "  pnpm bench glue --suite my-suite.json --rates search/rates.json --seeds 0-2",
      "\nExit codes: 0 every search chose, 1 some did not, 2 bad input, 130 cancelled.",
    ].join("\n"),
  );
  command.action(async (flags: GlueFlags) => {
    const { runTune } = await import("./run.js");
    finish(await runTune(flags));
  });
}

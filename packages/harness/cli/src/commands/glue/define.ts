import { glueExamples, presets } from "@petl/presets";
import type { Command } from "commander";
import type { ExitCode } from "../../exit.js";
import { exampleLines } from "../example-lines.js";
import type { GlueFlags } from "./flags.js";
import { addFinalFlags, addOutputFlags, addSuiteFlags } from "./suite-flags.js";

/** Declares `bench glue`. */
export function defineGlue(program: Command, finish: (code: ExitCode) => void): void {
  const [preset] = Object.keys(presets);
  const command = program
    .command("glue")
    .summary("fine-tune with every method on GLUE and report what each cost")
    .description(
      `Fine-tunes a backbone with every method on every task and seed, and reports score, memory, time and energy. Without flags it runs the ${preset} preset, whose values are the defaults below; --preset and --suite have others. Where a setting may be absent, none removes it.`,
    );
  addSuiteFlags(command);
  addFinalFlags(command);
  addOutputFlags(command);
  command.addHelpText(
    "after",
    `${exampleLines(glueExamples)}\n\nExit codes: 0 all completed, 1 some run failed, 2 bad input, 130 cancelled.`,
  );
  command.action(async (flags: GlueFlags) => {
    const { runGlue } = await import("./run.js");
    finish(await runGlue(flags));
  });
}

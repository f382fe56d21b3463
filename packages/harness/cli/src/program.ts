import { Command } from "commander";
import { defineDoctor } from "./define-doctor.js";
import { defineEval } from "./define-eval.js";
import { defineExport } from "./define-export.js";
import { defineList } from "./define-list.js";
import { defineReport } from "./define-report.js";
import { defineGlue } from "./glue/define.js";
import { defineMeasure } from "./measure/define.js";
import { definePlan } from "./plan/define.js";
import { defineSubmit } from "./submit/define.js";

/** The `bench` program; `finish` receives the exit code of the command that ran. Usage errors are thrown. */
export function createProgram(finish: (code: number) => void): Command {
  const program = new Command("bench")
    .description("Fine-tunes T5 on GLUE with parameter-efficient methods and measures what each costs.")
    .exitOverride()
    .enablePositionalOptions() // what follows the command that is measured is its own
    .configureOutput({ outputError: () => {} }) // what is thrown is printed once, on one line
    .showSuggestionAfterError()
    .addHelpText(
      "after",
      "\nStart with:\n  pnpm bench doctor        # what this machine has\n  pnpm bench glue --help   # the main job and its flags",
    );
  defineGlue(program, finish);
  definePlan(program, finish);
  defineReport(program, finish);
  defineEval(program, finish);
  defineExport(program, finish);
  defineSubmit(program, finish);
  defineMeasure(program, finish);
  defineList(program, finish);
  defineDoctor(program, finish);
  return program;
}

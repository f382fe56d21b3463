import { Command } from "commander";
import { defineCancel } from "./commands/cancel/define.js";
import { defineCompletion } from "./commands/completion/define.js";
import { defineDoctor } from "./commands/doctor/define.js";
import { defineEval } from "./commands/eval/define.js";
import { defineExport } from "./commands/export/define.js";
import { defineGlue } from "./commands/glue/define.js";
import { defineInit } from "./commands/init/define.js";
import { defineList } from "./commands/list/define.js";
import { defineMeasure } from "./commands/measure/define.js";
import { definePlan } from "./commands/plan/define.js";
import { definePredict } from "./commands/predict/define.js";
import { defineQuantise } from "./commands/quantise/define.js";
import { defineReport } from "./commands/report/define.js";
import { defineRun } from "./commands/run/define.js";
import { defineStatus } from "./commands/status/define.js";
import { defineSubmit } from "./commands/submit/define.js";
import { defineTune } from "./commands/tune/define.js";
import { defineWatch } from "./commands/watch/define.js";
import { defineWork } from "./commands/work/define.js";
import { asStarted } from "./started-as.js";
import { terminalText } from "./terminal/guard-console.js";

/** The `bench` program; `finish` receives the exit code of the command that ran. Usage errors are thrown. */
export function createProgram(finish: (code: number) => void): Command {
  const program = new Command("bench")
    .description(
      "Fine-tunes language models with parameter-efficient methods, on GLUE or on data of your own, and measures what each costs.",
    )
    .option("-V, --version", "print the version and the commit")
    .exitOverride()
    .enablePositionalOptions() // flags after a measured command belong to that command
    .configureOutput({
      writeOut: (text) => process.stdout.write(terminalText(asStarted(text), process.stdout)),
      writeErr: (text) => process.stderr.write(terminalText(asStarted(text), process.stderr)),
      outputError: () => {}, // errors are thrown and printed once, on one line
    })
    .showSuggestionAfterError()
    .addHelpText(
      "after",
      "\nStart with:\n  pnpm bench doctor        # what this machine has\n  pnpm bench glue --help   # the main job and its flags\n  pnpm bench run --help    # the same on data of your own",
    );
  defineGlue(program, finish);
  defineRun(program, finish);
  defineTune(program, finish);
  defineStatus(program, finish);
  defineWatch(program, finish);
  defineCancel(program, finish);
  definePlan(program, finish);
  defineReport(program, finish);
  defineEval(program, finish);
  definePredict(program, finish);
  defineExport(program, finish);
  defineQuantise(program, finish);
  defineSubmit(program, finish);
  defineMeasure(program, finish);
  defineList(program, finish);
  defineDoctor(program, finish);
  defineInit(program, finish);
  defineCompletion(program, finish);
  defineWork(program, finish);
  return program;
}

import { suiteFields } from "@petl/settings";
import type { Command } from "commander";
import { addCodeFlags } from "../../code-places.js";
import type { ExitCode } from "../../exit.js";
import { names, wholeNumber } from "../../parse-arguments.js";
import { addSettings } from "../../setting-flags.js";
import { parseUntrainedMethodFlag } from "../glue/method-flag.js";
import type { SubmitFlags } from "./run.js";

/** Declares `bench submit`. */
export function defineSubmit(program: Command, finish: (code: ExitCode) => void): void {
  const command = program
    .command("submit")
    .summary("the eleven files of a GLUE submission from saved models")
    .description(
      "Predicts the test sets with the models that bench glue --save kept, checks the eleven files (rows, order, labels) and writes the archive to upload to gluebenchmark.com. The models are those of the last update; of several seeds the one that scored best on dev is taken.",
    )
    .argument("<dir>", "a directory that bench glue --save wrote")
    .option(
      "--method <name:key=value,...>",
      "the method to submit (default: the only one there)",
      parseUntrainedMethodFlag,
    )
    .option("--seed <n>", "the seed to submit (default: of each task the best on dev)", wholeNumber(0))
    .option("--data <dir>", "a directory in GLUE's layout, test files in it (default: the data it was trained with)")
    .option("--fill <a,b>", "tasks to answer with a constant: the first class, the middle score (default: none)", names)
    .option("--out <file>", "the archive (default: <dir>/submission-<method>.zip)")
    .option("--json", "print one JSON object on stdout (default: a table)");
  addSettings(command, "submit", suiteFields, () => suiteFields.device.default);
  addCodeFlags(command, { dataNamesCode: true });
  command
    .addHelpText(
      "after",
      "\nExamples:\n  pnpm bench submit reports/mine\n  pnpm bench submit reports/mine --method NAME:key=value --fill wnli,ax\n\nThe runs, on all nine tasks:\n  pnpm bench glue --tasks cola,sst2,mrpc,stsb,qqp,mnli,qnli,rte,wnli --methods NAME --save --out reports/mine",
    )
    .action(async (directory: string, flags: Partial<SubmitFlags>) => {
      const { runSubmit } = await import("./run.js");
      finish(await runSubmit(directory, { device: suiteFields.device.default, ...flags }));
    });
}

import { runExamples } from "@petl/presets";
import { suiteFields } from "@petl/settings";
import { type Command, Option } from "commander";
import type { ExitCode } from "../../exit.js";
import { names } from "../../parse-arguments.js";
import { exampleLines } from "../example-lines.js";
import { addFinalFlags, addOutputFlags, addSuiteFlags, comparedSeeds } from "../glue/suite-flags.js";
import type { RunFlags } from "./flags.js";

/** Declares `bench run`. */
export function defineRun(program: Command, finish: (code: ExitCode) => void): void {
  const collect = (text: string, before: string[] = []): string[] => [...before, text];
  const command = program
    .command("run")
    .summary("compare methods on data of your own: a table of texts and answers")
    .description(
      "Fine-tunes a backbone with every method on a task of your own and reports score, memory, time and energy. The task is a table with a column of texts and one of answers (CSV, TSV, JSON lines or Parquet), or a file that describes it. Classes or a range of scores are found in the training rows; without test rows, a fifth of them is kept for the final score. Every method's learning rate is searched alike.",
    )
    .optionsGroup("The task")
    .option(
      "--data <table>",
      "Rows to train on, with --label: a file, a folder with a file or folder for each split, or hf:ORG/NAME[/CONFIG]; without --label, where the tasks of --tasks are, as in bench glue",
    )
    .option("--eval <table>", "Rows that are scored once, at the end (default: the folder's, else a fifth of --data)")
    .option("--text <a,b>", "Columns with the texts, one or two (default: the only other one beside --label)", names)
    .option("--label <column>", "The column with the answers")
    .addOption(
      new Option(
        "--kind <kind>",
        "What the answers are (default: scores if numbers with decimals or of many values, else classes)",
      ).choices(["class", "score", "text"]),
    )
    .option("--name <name>", "The task's name in records and reports (default: that of --data)")
    .option("--task <file>", "A task described in a .json file or a module; repeat it for several", collect);
  addSuiteFlags(command, { trials: suiteFields.trials.default, seeds: comparedSeeds }, ["data"]);
  addFinalFlags(command);
  addOutputFlags(command);
  command.addHelpText(
    "after",
    [
      exampleLines(runExamples),
      "\nA task's file, all but the first four fields optional:",
      '  { "name": "reviews", "data": { "train": "train.csv", "test": "test.csv" }, "text": "review", "label": "stars",',
      '    "title": "Reviews", "labels": ["1", "2", "3"], "metrics": ["accuracy"],',
      '    "prompt": { "text": "{review}\\nQuestion: How many stars?\\nAnswer:" } }',
      "\nExit codes: 0 all completed, 1 some run failed, 2 bad input, 130 cancelled.",
    ].join("\n"),
  );
  command.action(async (flags: RunFlags) => {
    const { runOwn } = await import("./run.js");
    finish(await runOwn(flags));
  });
}

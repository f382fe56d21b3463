import { BenchError, predictSaved } from "@petl/bench";
import { defaultsOf, type RunOptions, runOptions, suiteFields } from "@petl/settings";
import type { Command } from "commander";
import { addCodeFlags, type CodeFlags, codePlaces } from "../../code-places.js";
import { type ExitCode, reportError } from "../../exit.js";
import { addSettings } from "../../setting-flags.js";
import { userPath } from "../../user-directory.js";
import { written } from "./written.js";

interface PredictFlags extends CodeFlags, Partial<Pick<RunOptions, "gpu">> {
  readonly device?: string;
}

/** Declares `bench predict`. */
export function definePredict(program: Command, finish: (code: ExitCode) => void): void {
  const { gpu } = runOptions;
  const { device } = suiteFields;
  const defaults: Readonly<Record<string, unknown>> = { gpu: defaultsOf(runOptions).gpu, device: device.default };
  const command = program
    .command("predict")
    .summary("answer texts with a model that bench glue --save kept")
    .description(
      'Reads texts from stdin, one a line, and writes one JSON object a line to stdout, in the same order and while it reads. A line is a JSON object with the fields of the model\'s task, such as {"sentence": "..."}, or plain text; a tab separates the two texts of a task that compares two.',
    )
    .argument("<dir>", "a directory below <out>/models");
  addSettings(command, "eval", { device, gpu }, ({ key, show }) => show(defaults[key]));
  addCodeFlags(command, { dataNamesCode: true });
  command
    .addHelpText(
      "after",
      `
An answer has the label of a class, or the score of a task that asks for one; text, as the model wrote it (null where a head
answered); and scores, one for each answer: log-probabilities in nats, or the head's outputs (null with --scoring trie and free).

Examples:
  echo "a warm and funny film" | pnpm bench predict reports/quick-1/models/<run>
  pnpm bench predict reports/quick-1/models/<run> < texts.jsonl > answers.jsonl

Exit codes: 0 all lines answered, 1 a line that is no text of the task (those before it are answered), 2 bad input.`,
    )
    .action(async (directory: string, { device: name = device.default, gpu: chosen, ...code }: PredictFlags) => {
      if (process.stdin.isTTY) console.error("reading texts from the terminal, one a line; Ctrl-D ends them");
      try {
        const options = { places: codePlaces(code), device: name, gpu: chosen };
        for await (const predictions of predictSaved(userPath(directory), process.stdin, options))
          if (!(await written(process.stdout, predictions.map((each) => `${JSON.stringify(each)}\n`).join("")))) break;
        finish(0);
      } catch (error) {
        if (!(error instanceof BenchError) || error.code !== "E_TEXT_INVALID") throw error;
        reportError(error);
        finish(1);
      }
    });
}

import { evaluateSaved } from "@petl/bench";
import { defaultsOf, type RunOptions, runOptions, suiteFields } from "@petl/settings";
import type { Command } from "commander";
import { addCodeFlags, type CodeFlags, codePlaces } from "../../code-places.js";
import type { ExitCode } from "../../exit.js";
import { addSettings } from "../../setting-flags.js";
import { userPath } from "../../user-directory.js";

interface EvalFlags extends CodeFlags, Partial<Pick<RunOptions, "evalLimit" | "gpu">> {
  readonly data?: string;
  readonly device?: string;
  readonly json?: boolean;
}

/** Declares `bench eval`. */
export function defineEval(program: Command, finish: (code: ExitCode) => void): void {
  const defaults: Readonly<Record<string, unknown>> = { ...defaultsOf(runOptions), device: suiteFields.device.default };
  const command = program
    .command("eval")
    .summary("score a model that bench glue --save kept")
    .description("Loads a saved model with its backbone and scores it on its task.")
    .argument("<dir>", "a directory below <out>/models")
    .option("--data <dir>", "a directory in GLUE's layout (default: the data it was trained with)");
  addSettings(command, "eval", { ...runOptions, ...suiteFields }, ({ key, show }) =>
    key === "evalLimit" ? "as in training" : show(defaults[key]),
  );
  addCodeFlags(command, { dataNamesCode: true });
  command
    .option("--json", "print one JSON object on stdout (default: a line)")
    .addHelpText("after", "\nExample:\n  pnpm bench eval reports/quick-1/models/<run>")
    .action(
      async (
        directory: string,
        { data, device = suiteFields.device.default, gpu, evalLimit, json, ...code }: EvalFlags,
      ) => {
        const { saved, method, result } = await evaluateSaved(userPath(directory), {
          places: codePlaces(code),
          ...{ device, gpu },
          evalLimit,
          data: data === undefined ? undefined : userPath(data),
        });
        const { score, metrics, notices, examples, split, wallTimeS } = result;
        const summary = {
          method,
          config: saved.method.config,
          task: saved.task,
          split,
          score,
          metrics,
          notices,
          examples,
          wallTimeS,
        };
        if (json) console.log(JSON.stringify(summary, null, 2));
        else {
          console.log(`${method} on ${saved.task}: score ${score.toFixed(1)} (${examples} examples of ${split})`);
          for (const { message } of notices) console.log(`note: ${message}`);
        }
        finish(0);
      },
    );
}

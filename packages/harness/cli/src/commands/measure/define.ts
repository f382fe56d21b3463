import type { Command } from "commander";
import { names, numberBetween, wholeNumber } from "../../parse-arguments.js";
import type { MeasureFlags } from "./run.js";

/** Declares `bench measure`; `finish` receives the exit code of what was measured. */
export function defineMeasure(program: Command, finish: (code: number) => void): void {
  program
    .command("measure")
    .summary("energy, power, memory and time of any command")
    .description(
      "Runs a command, in any language, and measures it from outside: time, memory of its processes, and energy, power and memory of GPUs. Without a GPU it says so and measures the rest.",
    )
    .argument("<command...>", "what to run, after --")
    .passThroughOptions()
    .option("--gpu <a,b>", "indices or uuids (default: the first that CUDA_VISIBLE_DEVICES shows)", names)
    .option("--period <ms>", "between samples", wholeNumber(1), 50)
    .option("--idle <seconds>", "at rest before and after, for net energy", numberBetween(0, 3600, true), 2)
    .option("--out <dir>", "write measure.json and the traces there (default: only print)")
    .option("--json", "one JSON object on stdout; what the command prints goes to stderr (default: a table on stderr)")
    .option("--allow-busy", "go on with a GPU that others use (default: refuse it)")
    .addHelpText(
      "after",
      "\nExamples:\n  pnpm bench measure -- python train.py --epochs 3\n  pnpm bench measure --gpu 0,1 --out reports/train -- torchrun train.py\n\nExit code: the command's own; 128 + n where signal n ended it; 126, 127 where it could not be started; 2 bad input.",
    )
    .action(async (command: [string, ...string[]], flags: MeasureFlags) => {
      const { runMeasure } = await import("./run.js");
      finish(await runMeasure(command, flags));
    });
}

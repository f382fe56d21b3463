import type { Command } from "commander";
import type { ExitCode } from "../../exit.js";

/** Declares `bench cancel`. */
export function defineCancel(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command("cancel")
    .argument("<out>", "output folder of a suite that was handed to Slurm")
    .summary("take a suite's jobs out of Slurm")
    .description(
      "Cancels every job of Slurm that was submitted for an output folder and has not ended. Runs in hand keep their state, and the same suite goes on with them when it is submitted again.",
    )
    .action(async (out: string) => {
      const { runCancel } = await import("./run.js");
      finish(await runCancel(out));
    });
}

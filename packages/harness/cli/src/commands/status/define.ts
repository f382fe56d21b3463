import type { Command } from "commander";
import type { ExitCode } from "../../exit.js";
import type { StatusFlags } from "./run.js";

/** Declares `bench status`. */
export function defineStatus(program: Command, finish: (code: ExitCode) => void): void {
  const command = program
    .command("status")
    .argument("<out>", "output folder of a suite that was handed to a cluster")
    .summary("tell how far a suite on a cluster is")
    .description(
      "Tells which runs of a suite are done, failed, going on, waiting or missing: from the records and claims in its output folder, then from Slurm's queue and, where there is one, its accounting.",
    )
    .option("--plan <id>", "Which of the folder's plans (default: the one that was shared last)")
    .option("--json", "Print one JSON object with every run (default: a table)");
  command.addHelpText("after", "\nExit codes: 0 all done, 1 some are not, 2 bad input.");
  command.action(async (out: string, flags: StatusFlags) => {
    const { runStatus } = await import("./run.js");
    finish(await runStatus(out, flags));
  });
}

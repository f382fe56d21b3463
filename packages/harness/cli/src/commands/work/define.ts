import type { Command } from "commander";
import { addCodeFlags } from "../../code-places.js";
import type { ExitCode } from "../../exit.js";
import { wholeNumber } from "../../parse-arguments.js";
import { addLogFlag } from "../glue/log-flag.js";
import type { WorkFlags } from "./run.js";

/** Declares `bench work`. */
export function defineWork(program: Command, finish: (code: ExitCode) => void): void {
  const command = program
    .command("work")
    .argument("<out>", "output folder that bench glue --engine shared")
    .summary("do one run of a suite that was handed to a cluster; its jobs call it")
    .description(
      "Does one run of a suite whose output folder other jobs share, and writes its record there. A run that is done, or that another process is doing, is left alone. On SIGTERM the run keeps its state and the next call goes on with it; on SIGUSR1 or SIGUSR2, before a time limit, it also asks Slurm to requeue its job.",
    )
    .requiredOption("--run <number>", "Number of the run in the plan, from 0", wholeNumber(0))
    .option("--plan <id>", "Which of the folder's plans (default: its only one)")
    .option(
      "--list <file>",
      "Take the run's number from this line of a file of numbers, from 0 (default: it is the number)",
    )
    .option("--wait", "Wait for the search that the run depends on (default: end with exit code 1)")
    .option("--save", "Keep the tuned model in <out>/models (default: scores only)")
    .option("--no-resume", "Start an interrupted run from the beginning and keep no state (default: go on)")
    .option("--allow-busy", "Use a GPU even if others use it (default: refuse it)");
  addLogFlag(command);
  addCodeFlags(command, { dataNamesCode: true });
  command.addHelpText(
    "after",
    "\nExit codes: 0 done, now or before, or left to another process; 1 failed, or its search is not over; 2 bad input; 130 stopped.",
  );
  command.action(async (out: string, flags: WorkFlags) => {
    const { runWork } = await import("./run.js");
    finish(await runWork(out, flags));
  });
}

import type { Command } from "commander";
import type { ExitCode } from "../../exit.js";
import type { InitFlags } from "./run.js";

/** Declares `bench init`. */
export function defineInit(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command("init")
    .summary("write a project with a method, a task and a suite of your own")
    .description(
      "Writes a small project: a method in TypeScript with its tests, a task with made-up rows, and a suite that compares the method with others. No file that is there is replaced.",
    )
    .argument("[dir]", "where to; made if it is not there", ".")
    .option("--name <name>", "name of the method: lower-case words joined by -", "own-bias")
    .addHelpText("after", "\nExit codes: 0 written, 2 bad input; nothing is written then.")
    .action(async (directory: string, flags: InitFlags) => {
      const { runInit } = await import("./run.js");
      finish(await runInit(directory, flags));
    });
}

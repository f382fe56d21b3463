import type { Command } from "commander";
import type { ExitCode } from "../../exit.js";
import { wholeNumber } from "../../parse-arguments.js";
import type { WatchFlags } from "./run.js";

/** Declares `bench watch`. */
export function defineWatch(program: Command, finish: (code: ExitCode) => void): void {
  const command = program
    .command("watch")
    .argument("<dir>", "output folder of a suite that runs on this machine")
    .summary("follow a running suite on a page in the browser")
    .description(
      "Serves a page that shows which runs of a suite are done, failed and going on, with their losses, scores and the time left. Only this machine can open it, and it needs nothing from elsewhere. It ends when the suite has ended.",
    )
    .option("--port <number>", "Port of the page (default: one that is free)", wholeNumber(1, 65535));
  command.addHelpText(
    "after",
    "\nExit codes: 0 the suite has ended, 2 bad input, 130 stopped; what became of the runs is said, and bench glue's own exit code tells it.",
  );
  command.action(async (directory: string, flags: WatchFlags) => {
    const { runWatch } = await import("./run.js");
    finish(await runWatch(directory, flags));
  });
}

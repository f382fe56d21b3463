import type { Command } from "commander";
import type { ExitCode } from "../../exit.js";
import type { ListFlags } from "./run.js";

/** Declares `bench list`. */
export function defineList(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command("list")
    .summary("methods, tasks, backbones, presets and devices")
    .description(
      "Lists what other commands take by name. Methods, backbones and devices are the packages installed here.",
    )
    .option("--settings", "list each method's settings with their defaults, for --method (default: names only)")
    .option("--json", "print one JSON object (default: tables)")
    .action(async (flags: ListFlags) => {
      const { runList } = await import("./run.js");
      finish(await runList(flags));
    });
}

import type { Command } from "commander";
import { addCodeFlags } from "../../code-places.js";
import type { ExitCode } from "../../exit.js";
import type { ListFlags } from "./run.js";

/** Declares `bench list`. */
export function defineList(program: Command, finish: (code: ExitCode) => void): void {
  const command = program
    .command("list")
    .summary("methods, tasks, backbones, presets and devices")
    .description(
      "Lists what other commands take by name. Methods, backbones and devices are packages of this program and those that the project's package.json lists.",
    )
    .option("--settings", "list each method's settings with their defaults, for --method (default: names only)")
    .option("--json", "print one JSON object (default: tables)");
  addCodeFlags(command, { dataNamesCode: false });
  command.action(async (flags: ListFlags) => {
    const { runList } = await import("./run.js");
    finish(await runList(flags));
  });
}

import type { Command } from "commander";
import type { ExitCode } from "../../exit.js";
import type { DoctorFlags } from "./run.js";

/** Declares `bench doctor`. */
export function defineDoctor(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command("doctor")
    .summary("what this machine has, and why not")
    .description(
      "Shows what this machine offers: devices and why each can or cannot be used, sensors, caches and versions.",
    )
    .option("--json", "print one JSON object (default: tables)")
    .action(async (flags: DoctorFlags) => {
      const { runDoctor } = await import("./run.js");
      finish(await runDoctor(flags));
    });
}

import { exportSaved, mergedLayout } from "@petl/bench";
import type { Command } from "commander";
import { addCodeFlags, type CodeFlags, codePlaces } from "../../code-places.js";
import type { ExitCode } from "../../exit.js";
import { userPath } from "../../user-directory.js";

interface ExportFlags extends CodeFlags {
  readonly layout: string;
  readonly out?: string;
  readonly device: string;
}

/** Declares `bench export`. */
export function defineExport(program: Command, finish: (code: ExitCode) => void): void {
  const command = program
    .command("export")
    .summary("write a model that bench glue --save kept for use elsewhere")
    .description(
      "Writes a saved model as a checkpoint with the method folded in, or in the file layout of another library.",
    )
    .argument("<dir>", "a directory below <out>/models")
    .option(
      "--layout <name>",
      `${mergedLayout}: a whole checkpoint that needs no method any more; or one the method knows, such as peft`,
      mergedLayout,
    )
    .option("--out <dir>", "where to (default: <dir>/<layout>)")
    .option("--device <name>", "auto, or a device of bench list", "auto");
  addCodeFlags(command, { dataNamesCode: true });
  command
    .addHelpText(
      "after",
      `
Examples:
  pnpm bench export reports/quick-1/models/<run> --layout peft
  pnpm bench export reports/quick-1/models/<run> --out tuned && pnpm bench glue --backbone tuned`,
    )
    .action(async (directory: string, { layout, out, device, ...code }: ExportFlags) => {
      const from = userPath(directory);
      const to = userPath(out ?? `${directory}/${layout}`);
      const { method, files } = await exportSaved(from, { places: codePlaces(code), device, layout, to });
      console.log(`${method}: wrote ${files.join(", ")} to ${to}`);
      finish(0);
    });
}

import { quantisedDtypes } from "@petl/backbone";
import { type Command, Option } from "commander";
import { addCodeFlags } from "../../code-places.js";
import type { ExitCode } from "../../exit.js";
import type { QuantiseFlags } from "./run.js";

/** Declares `bench quantise`. */
export function defineQuantise(program: Command, finish: (code: ExitCode) => void): void {
  const command = program
    .command("quantise")
    .alias("quantize")
    .summary("write a backbone's checkpoint in 16 or 4 bits")
    .description(
      "Reads a checkpoint one tensor at a time and writes it in fewer bits, as a directory that --backbone takes and transformers loads. nf4 and nf4+dq are for the weights of layers, in bitsandbytes' layout; the rest is bf16 then. The original stays as it is.",
    )
    .argument("<backbone>", "a name of bench list, hf:ORG/REPO or a directory, with safetensors or one GGUF file")
    .addOption(
      new Option("--dtype <type>", "nf4 and nf4+dq: 4 bits, scales in 32 or 8; bf16 and f16: 16 bits")
        .choices(quantisedDtypes)
        .makeOptionMandatory(),
    )
    .option("--out <dir>", "where to (default: the backbone's name and the type, such as smollm2-135m-nf4)")
    .option("--json", "print one JSON object in place of the closing line");
  addCodeFlags(command, { dataNamesCode: false });
  command
    .addHelpText(
      "after",
      `
Examples:
  pnpm bench quantise hf:HuggingFaceTB/SmolLM2-135M --dtype nf4
  pnpm bench quantise models/llama --dtype nf4+dq --out small && pnpm bench glue --backbone small --backbone-dtype file

--backbone-dtype file keeps weights as the checkpoint has them; without it they are widened to float32 as they are read. To try a type
without writing a checkpoint, pass it to bench glue as --backbone-dtype.

Exit codes: 0 written, 2 bad input, 130 cancelled; nothing is written then.`,
    )
    .action(async (backbone: string, flags: QuantiseFlags) => {
      const { runQuantise } = await import("./run.js");
      finish(await runQuantise(backbone, flags));
    });
}

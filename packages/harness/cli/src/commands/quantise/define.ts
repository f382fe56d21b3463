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
    .summary("write a backbone's checkpoint in 16, 8, 6 or 4 bits")
    .description(
      "Reads a checkpoint one tensor at a time and writes it in fewer bits, as a directory that --backbone takes and transformers loads. nf4 and nf4+dq are for the weights of layers, in bitsandbytes' layout; the rest is bf16 then. q8_0, q6_k, q4_k, q4_1 and q4_0 write a GGUF file, tokenizer included, that llama.cpp reads too: tables of tokens are q8_0 or q6_k and the rest is float32 then. The original stays as it is.",
    )
    .argument("<backbone>", "a name of bench list, hf:ORG/REPO or a directory, with safetensors or one GGUF file")
    .addOption(
      new Option("--dtype <type>", "nf4 and nf4+dq: 4 bits, scales in 32 or 8; bf16 and f16: 16 bits; the others: GGUF")
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
  pnpm bench quantise smollm2-135m --dtype q4_k --out smol-gguf   # model.gguf for llama.cpp, transformers and bench
  pnpm bench quantise models/llama --dtype nf4+dq --out small && pnpm bench glue --backbone small --backbone-dtype file

--backbone-dtype file keeps weights as the checkpoint has them; without it they are widened to float32 as they are read. To try a type
without writing a checkpoint, pass nf4, nf4+dq, bf16 or f16 to bench glue as --backbone-dtype.

A row that is no whole number of blocks (256 values in q6_k and q4_k, 32 in the others) is written in q8_0 instead of q6_k, in q4_1 instead
of q4_k, in f16 instead of the others; a note says how many weights are.

Exit codes: 0 written, 2 bad input, 130 cancelled; nothing is written then.`,
    )
    .action(async (backbone: string, flags: QuantiseFlags) => {
      const { runQuantise } = await import("./run.js");
      finish(await runQuantise(backbone, flags));
    });
}

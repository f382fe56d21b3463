import { type GpuSpec, gpuSpecs, predictedPrecisions } from "@petl/bench";
import { defaultsOf, trainingSettings } from "@petl/settings";
import { type Command, Option } from "commander";
import { addCodeFlags } from "../../code-places.js";
import type { ExitCode } from "../../exit.js";
import { names, numberBetween, parseBytes, wholeNumber } from "../../parse-arguments.js";
import { addSettings } from "../../setting-flags.js";
import { type MethodFlag, parseUntrainedMethodFlag } from "../glue/method-flag.js";
import { parsePeaks } from "./parse-peaks.js";
import type { PlanFlags } from "./run.js";

/** Declares `bench plan`. */
export function definePlan(program: Command, finish: (code: ExitCode) => void): void {
  const known = gpuSpecs.map(({ name }) => name);
  const collect = (text: string, before: MethodFlag[] = []): MethodFlag[] => [
    ...before,
    parseUntrainedMethodFlag(text),
  ];
  const defaults: Readonly<Record<string, unknown>> = defaultsOf(trainingSettings);
  const command = program
    .command("plan")
    .summary("forecast memory, time and cost of every method on any backbone, without a GPU")
    .description(
      "Runs a training step and an evaluation batch of every method on a device that allocates nothing. Tensor bytes are exact; times and energies of GPUs are predicted from data sheets. It needs no weights, no network and no GPU.",
    )
    .option(
      "--backbone <name>",
      "a geometry of bench list, such as t5-base or llama-2-7b, a directory or a config.json",
      "t5-base",
    )
    .option("--methods <a,b>", "methods to plan (default: all that are found and fit the backbone)", names)
    .addOption(
      new Option(
        "--method <name:key=value,...>",
        "one more arm, with settings; repeat it for a sweep (default: none)",
      ).argParser(collect),
    );
  addSettings(command, "plan", trainingSettings, ({ key, show }) => show(defaults[key]));
  command
    .option(
      "--device-memory <bytes>",
      "find the largest batch for it, such as 80GB or 24GiB (default: none)",
      parseBytes,
    )
    .option(
      "--gpus <a,b>",
      `predict times on these: ${known.join(", ")} (default: none shown; with --calibrate the device of its runs)`,
      names,
    )
    .addOption(
      new Option("--precision <name>", "of matrix products, for predictions")
        .choices(predictedPrecisions)
        .default("f32"),
    )
    .option(
      "--efficiency <share>",
      "of the roofline that is reached (default: 1, the least time possible)",
      numberBetween(0, 1.000001),
    )
    .addOption(
      new Option(
        "--calibrate <dir>",
        "take that share, and that of the power limit, from the measured runs of bench glue in DIR (default: none)",
      ).conflicts("efficiency"),
    )
    .addOption(
      new Option(
        "--peaks <name:key=value,...>",
        "one more device, such as T4:f32=8.1T,bandwidth=320G,memory=16GB,power=70; repeatable (default: none)",
      ).argParser((text: string, before: GpuSpec[] = []) => [...before, parsePeaks(text)]),
    )
    .option("--rows <n>", "training examples: predict hours of a whole training (default: none)", wholeNumber(1))
    .option("--epochs <n>", "with --rows, and for what the activation cache saves in all", wholeNumber(1), 20)
    .option(
      "--price-per-hour <x>",
      "with --rows: predict what the training costs (default: none)",
      numberBetween(0, Number.POSITIVE_INFINITY),
    )
    .option(
      "--details",
      "also the parts of the peak, FLOPs, bytes, the activation cache and energy (default: one table)",
    )
    .option("--out <dir>", "write forecast.md, forecast.html and the picture there (default: none)")
    .option("--json", "print one JSON object on stdout (default: tables)");
  addCodeFlags(command, { dataNamesCode: true });
  command
    .addHelpText(
      "after",
      `\nExamples:\n  pnpm bench plan --backbone t5-base --batch-size 100\n  pnpm bench plan --backbone t5-11b --device-memory 80GB --gpus H100\n  pnpm bench plan --gpus H100,L4 --rows 67349 --epochs 3 --price-per-hour 2.50\n  pnpm bench plan --methods read --method read:hidden=32 --method read:hidden=1024\n  pnpm bench plan --backbone t5-large --calibrate reports/my-suite`,
    )
    .action(async (flags: PlanFlags) => {
      const { runPlan } = await import("./run.js"); // charts are loaded where they are drawn
      finish(await runPlan(flags));
    });
}

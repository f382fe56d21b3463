import { parseSuite, settingsOf } from "@petl/bench";
import { examples, presets } from "@petl/presets";
import { type Command, Option } from "commander";
import type { ExitCode } from "../../exit.js";
import { gpuChoice, names, numberBetween, wholeNumber, wholeNumbers } from "../../parse-arguments.js";
import { parseBudget } from "../../parse-budget.js";
import type { GlueFlags } from "./flags.js";
import { type MethodFlag, parseMethodFlag } from "./method-flag.js";

/** Declares `bench glue`. */
export function defineGlue(program: Command, finish: (code: ExitCode) => void): void {
  const [preset = "", first] = Object.entries(presets)[0]!;
  const suite = parseSuite(first, `preset ${preset}`);
  const settings = settingsOf(suite, suite.tasks[0]!, 0);
  const byPreset = (value: unknown): string => `(default: the preset's; ${preset}: ${value ?? "none"})`;
  const collect = (text: string, before: MethodFlag[] = []): MethodFlag[] => [...before, parseMethodFlag(text)];

  const command = program
    .command("glue")
    .summary("fine-tune with every method on GLUE and report what each cost")
    .description(
      "Fine-tunes a T5 with every method on every task and seed, and reports score, memory, time and energy.",
    );
  const add = (flags: string, description: string, parse?: (text: string) => unknown): void => {
    command.addOption(parse ? new Option(flags, description).argParser(parse) : new Option(flags, description));
  };
  const choose = (flags: string, description: string, choices: string[]): void => {
    command.addOption(new Option(flags, description).choices(choices));
  };

  command.optionsGroup("What runs");
  add("--preset <name>", `${Object.keys(presets).join(", ")} (default: ${preset})`);
  add("--suite <file>", "a suite of your own, .json or .mjs (default: none)");
  add("--methods <a,b>", byPreset(suite.methods.map(({ method }) => method).join(",")), names);
  command.addOption(
    new Option(
      "--method <name:key=value,...>",
      "one more arm, with settings; repeat it for a sweep (default: none)",
    ).argParser(collect),
  );
  add("--tasks <a,b>", byPreset(suite.tasks.join(",")), names);
  add("--seeds <0,1>", byPreset(suite.seeds.join(",")), wholeNumbers);
  add("--backbone <name>", `a name of bench list, a directory or hf:ORG/REPO ${byPreset(suite.backbone)}`);
  add(
    "--data <auto|sample|dir>",
    `auto: GLUE from the cache, else downloaded, else the sample; sample: built-in, not GLUE; or a directory in GLUE's layout ${byPreset(suite.data)}`,
  );
  add("--limit <n>", `training examples, at most ${byPreset(suite.limit)}`, wholeNumber(1));
  add("--eval-limit <n>", `examples of each evaluation split, at most ${byPreset(suite.evalLimit)}`, wholeNumber(1));
  choose("--text-format <name>", `Google's or Ladder Side-Tuning's ${byPreset(suite.textFormat)}`, ["t5", "lst"]);

  command.optionsGroup("How it is trained");
  add("--epochs <n>", byPreset(settings.epochs), wholeNumber(1));
  add("--steps <n>", `updates, in place of epochs ${byPreset(settings.steps)}`, wholeNumber(1));
  add("--batch-size <n>", byPreset(settings.batchSize), wholeNumber(1));
  add("--eval-batch-size <n>", byPreset(settings.evalBatchSize), wholeNumber(1));
  add("--max-length <tokens>", byPreset(settings.maxLength), wholeNumber(2));
  add(
    "--learning-rate <rate>",
    `a method may scale it ${byPreset(settings.learningRate)}`,
    numberBetween(0, Number.POSITIVE_INFINITY),
  );
  add("--warmup-steps <n>", byPreset(settings.warmupSteps ?? "a tenth, at most 500"), wholeNumber(0));
  choose("--schedule <name>", byPreset(settings.schedule), ["linear", "constant", "cosine", "inverse-sqrt"]);
  add("--dropout <rate>", `the backbone's own ${byPreset(settings.dropout)}`, numberBetween(0, 1, true));
  add(
    "--recompute",
    `keep the inputs of blocks only and compute the rest again backward: less memory, more time ${byPreset(settings.recompute ? "on" : "off")}`,
  );
  choose("--decode <how>", `over the task's answers, or freely ${byPreset(settings.decode)}`, ["trie", "free"]);
  add("--eval-every <steps>", byPreset(settings.evalEvery ?? "once an epoch"), wholeNumber(1));

  add(
    "--patience <n>",
    `evaluations, an epoch at least, without a better score before it ends ${byPreset(settings.patience)}`,
    wholeNumber(1),
  );

  command.optionsGroup("What is kept of a frozen backbone");
  choose(
    "--cache-activations <how>",
    `auto: run the backbone once per example where nothing of it is trained and examples are seen again; on: wherever that is right; off: never ${byPreset(suite.cacheActivations)}`,
    ["auto", "on", "off"],
  );
  add(
    "--cache-budget <bytes>",
    `in all, such as 4GB, or for memory and disk apart, 2GB+20GB ${byPreset("a quarter of what is free of each")}`,
    parseBudget,
  );
  command.option(
    "--share-cache",
    "runs over one backbone and the same examples use each other's (default: each its own)",
  );

  command.optionsGroup("Where it runs");
  add("--device <name>", `auto, or a device of bench list ${byPreset(suite.device)}`);
  add(
    "--gpu <n|software>",
    `which GPU, as bench doctor counts them; software: one that the CPU emulates, for tests ${byPreset(suite.gpu ?? "the first")}`,
    gpuChoice,
  );
  add("--threads <n>", byPreset(suite.threads ?? "the device's choice"), wholeNumber(1));
  const kernels = ["auto", "blas", "wasm", "simd"];
  choose(
    "--cpu-kernels <name>",
    `auto: the host's BLAS if it has one, else wasm ${byPreset(suite.cpuKernels)}`,
    kernels,
  );
  add(
    "--cool-down <seconds>",
    "rest before each run but the first (default: 10 where a GPU is sampled, else 0)",
    numberBetween(0, 3600, true),
  );
  command.option("--allow-busy", "go on with a GPU that others use (default: refuse it)");

  command.optionsGroup("What comes out");
  add("--out <dir>", "(default: reports/<suite>-<time>, or where this very suite was begun before)");
  command.option("--force", "run what is completed again (default: run only what is missing)");
  command.option("--save", "keep each tuned model below <out>/models, for bench eval (default: scores only)");
  command.option(
    "--no-resume",
    "start interrupted runs anew and keep no state of a run at its evaluations (default: go on from the last)",
  );
  command.option("--dry-run", "print the runs and stop (default: run them)");
  command.option("--json", "print one JSON object on stdout, all else on stderr (default: a table)");
  command.option("--quiet", "say nothing until the table (default: progress)");
  command.option("--no-progress", "lines in place of a moving bar (default: a bar on a terminal)");

  const width = Math.max(...examples.map((example) => example.command.length));
  const lines = examples.map((example) => `  ${example.command.padEnd(width)}  # ${example.does}`);
  command.addHelpText(
    "after",
    `\nExamples:\n${lines.join("\n")}\n\nExit codes: 0 all completed, 1 some run failed, 2 bad input, 130 cancelled.`,
  );
  command.action(async (flags: GlueFlags) => {
    const { runGlue } = await import("./run.js");
    finish(await runGlue(flags));
  });
}

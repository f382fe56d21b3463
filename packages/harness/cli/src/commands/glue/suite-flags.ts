import { parseSuite, settingsOf } from "@petl/bench";
import { presets } from "@petl/presets";
import { type Field, type Fields, runOptions, suiteFields, trainingSettings } from "@petl/settings";
import { type Command, Option } from "commander";
import { addCodeFlags } from "../../code-places.js";
import { addEngineFlags } from "../../engines/engine-flags.js";
import { gpuNumbers, names, numberBetween, wholeNumber } from "../../parse-arguments.js";
import { addSettings } from "../../setting-flags.js";
import { addLogFlag } from "./log-flag.js";
import { type MethodFlag, parseMethodFlag } from "./method-flag.js";

/** Seeds under which a comparison is worth making, where none are given. */
export const comparedSeeds: readonly number[] = [0, 1, 2];

/** Every setting a suite has, as flags. */
const tables: Fields = { ...suiteFields, ...runOptions, ...trainingSettings };

/**
 * Adds the flags that say what runs, how and where, under their headings; then those of what comes out may follow. `own` are the
 * defaults that the command has and the preset not; `except` are settings for which it has flags of its own.
 */
export function addSuiteFlags(
  command: Command,
  own: Readonly<Record<string, unknown>> = {},
  except: readonly string[] = [],
): void {
  const [preset = "", first] = Object.entries(presets)[0]!;
  const suite = parseSuite(first, `preset ${preset}`);
  const values: Readonly<Record<string, unknown>> = { ...suite, ...settingsOf(suite, suite.tasks[0]!, 0), ...own };
  const collect = (text: string, before: MethodFlag[] = []): MethodFlag[] => [...before, parseMethodFlag(text)];
  const addGroup = (group: Field<unknown>["group"]): void => {
    const isWanted = ([key, field]: [string, Field<unknown>]) => field.group === group && !except.includes(key);
    const table = Object.fromEntries(Object.entries(tables).filter(isWanted));
    addSettings(command, "glue", table, ({ key, show }) => show(values[key]));
  };

  command.optionsGroup("What runs");
  command.option("--preset <name>", `Run one of ${Object.keys(presets).join(", ")} (default: ${preset})`);
  command.option("--suite <file>", "Run a suite of your own, a .json or .mjs file (default: none)");
  command.option(
    "--methods <a,b>",
    `Methods to compare (default: ${suite.methods.map(({ method }) => method).join(",")})`,
    names,
  );
  command.addOption(
    new Option(
      "--method <name:key=value,...>",
      "Add a method with settings of its own, train.epochs=24 among them; repeat it for a sweep (default: none)",
    ).argParser(collect),
  );
  addGroup("What runs");

  command.optionsGroup("How methods are compared");
  addGroup("How methods are compared");

  command.optionsGroup("How it is trained");
  addGroup("How it is trained");

  command.optionsGroup("What is kept of a frozen backbone");
  addGroup("What is kept of a frozen backbone");

  command.optionsGroup("Where it runs");
  addGroup("Where it runs");
  command.option(
    "--cool-down <seconds>",
    "Rest before each run but the first (default: 10 where a GPU is sampled, else 0)",
    numberBetween(0, 3600, true),
  );
  addCodeFlags(command, { dataNamesCode: true });
  command.option(
    "--parallel <runs>",
    "Do so many runs at a time; on this machine each has its share of the cores, and times are those of a shared machine (default: 1)",
    wholeNumber(1, 1024),
  );
  command.option(
    "--gpus <which>",
    "Use these GPUs of this machine, one run at a time on each: all, or numbers as bench doctor has them, such as 0,1 (default: one)",
    gpuNumbers,
  );
  command.option("--allow-busy", "Use a GPU even if others use it (default: refuse it)");
  addEngineFlags(command);
  command.optionsGroup("What comes out");
}

/** Adds the flags of runs that are compared: the choices of an earlier search, and what is kept. */
export function addFinalFlags(command: Command): void {
  command.optionsGroup("How methods are compared");
  command.option(
    "--rates <file>",
    "Take learning rates from the rates.json of an earlier bench tune (default: those of the suite, if any)",
  );
  command.optionsGroup("What comes out");
  command.option("--save", "Keep each tuned model in <out>/models, for bench eval (default: scores only)");
}

/** Adds the flags that say what is written, repeated and shown. */
export function addOutputFlags(command: Command): void {
  command.option(
    "--out <dir>",
    "Write records and reports there (default: reports/<suite>-<time>, or where the same suite was started before)",
  );
  command.option("--force", "Run completed runs again (default: run only what is missing)");
  command.option(
    "--verify",
    "Read every file of the backbone again for its digest (default: only those whose size, times or inode changed)",
  );
  command.option(
    "--no-resume",
    "Start interrupted runs from the beginning and keep no state (default: keep it at each evaluation and where a run is stopped, and go on there)",
  );
  addLogFlag(command);
  command.option("--dry-run", "Print the runs and stop (default: run them)");
  command.option("--json", "Print one JSON object on stdout and everything else on stderr (default: a table)");
  command.option("--quiet", "Print nothing until the table (default: progress)");
  command.option("--no-progress", "Print lines instead of a moving bar (default: a bar on a terminal)");
}

import { dirname } from "node:path";
import { loadSuite, nearMatch, parseSuite, type Suite, type SuiteInput } from "@petl/bench";
import { presets } from "@petl/presets";
import { UsageError } from "../../exit.js";
import { userPath } from "../../user-directory.js";
import { withoutForeignRates } from "./fitted-settings.js";
import type { GlueFlags } from "./flags.js";

/** A suite and where packages it names are looked for. */
export interface ChosenSuite {
  readonly suite: Suite;
  readonly places: readonly string[];
}

/** The preset or suite file, with every flag over it. @throws UsageError, BenchError */
export async function suiteFromFlags(flags: GlueFlags): Promise<ChosenSuite> {
  const base = withoutForeignRates(await baseSuite(flags), flags.backbone);
  const { epochs, steps, ...settings } = settingsOf(flags);
  const length = steps !== undefined ? { steps } : epochs !== undefined ? { epochs, steps: null } : {};
  const changed = { ...settings, ...length };
  const input: SuiteInput = {
    ...base,
    ...present({
      tasks: flags.tasks,
      backbone: flags.backbone,
      data: flags.data === undefined || ["auto", "sample"].includes(flags.data) ? flags.data : userPath(flags.data),
      device: flags.device,
      threads: flags.threads,
      cpuKernels: flags.cpuKernels,
      gpu: flags.gpu,
      seeds: flags.seeds,
      limit: flags.limit,
      evalLimit: flags.evalLimit,
      textFormat: flags.textFormat,
      cacheActivations: flags.cacheActivations,
      cacheBudget: flags.cacheBudget,
      shareCache: flags.shareCache,
    }),
    methods: chosenMethods(flags, base.methods),
    settings: { ...base.settings, ...changed },
    taskSettings: Object.fromEntries(
      Object.entries(base.taskSettings).map(([task, own]) => [task, { ...own, ...changed }]),
    ),
  };
  const places = flags.suite === undefined ? [] : [dirname(userPath(flags.suite))];
  return { suite: parseSuite(input, "flags"), places };
}

async function baseSuite({ preset, suite }: GlueFlags): Promise<Suite> {
  if (suite !== undefined && preset !== undefined)
    throw new UsageError("--suite and --preset: expected one of the two, got both");
  if (suite !== undefined) return loadSuite(userPath(suite));
  const names = Object.keys(presets);
  const name = preset ?? names[0]!;
  const found = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (found !== undefined) return parseSuite(found, `preset ${name}`);
  throw new UsageError(`--preset: expected one of ${names.join(", ")}, got "${name}".${nearMatch(name, names)}`);
}

/** `--methods` and `--method` together; a preset's own settings of a method stay unless a flag sets them. */
function chosenMethods({ methods, method }: GlueFlags, base: Suite["methods"]): Suite["methods"] {
  if (methods === undefined && method === undefined) return base;
  const ofBase = (name: string) => base.find((arm) => arm.method === name)?.config ?? {};
  return [
    ...(methods ?? []).map((name) => ({ method: name, config: ofBase(name) })),
    ...(method ?? []).map((arm) => ({ method: arm.method, config: { ...ofBase(arm.method), ...arm.config } })),
  ];
}

function settingsOf(flags: GlueFlags) {
  const { epochs, steps, batchSize, evalBatchSize, maxLength, learningRate } = flags;
  const { warmupSteps, schedule, dropout, recompute, decode, evalEvery, patience } = flags;
  return present({
    ...{ epochs, steps, batchSize, evalBatchSize, maxLength, learningRate },
    ...{ warmupSteps, schedule, dropout, recompute, decode, evalEvery, patience },
  });
}

type Present<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

/** The fields that were given. */
function present<Fields extends object>(fields: Fields): Present<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<Fields>;
}

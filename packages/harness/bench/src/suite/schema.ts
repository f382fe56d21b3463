import { ChosenSettingsSchema } from "@petl/results";
import {
  optionalShape,
  type RunOptions,
  runOptions,
  suiteFields,
  suiteShape,
  trainingSettings,
  valuesIn,
  valuesOver,
} from "@petl/settings";
import { defaultSettings, type TrainSettings } from "@petl/trainer";
import { z } from "zod";
import { BenchError } from "../errors.js";
import { nearMatch } from "../resolve/near-match.js";

/** Settings of a method; a field named __proto__, which a copy would lose, is refused. */
const methodConfig = z
  .custom<Record<string, unknown>>(
    (value) => !(typeof value === "object" && value !== null && Object.hasOwn(value, "__proto__")),
    'expected settings of the method, got "__proto__"',
  )
  .pipe(z.record(z.string(), z.unknown()));

/** What a suite may set of training and evaluation; what is absent is the trainer's default. */
const suiteSettings = z.strictObject(optionalShape(trainingSettings));

const arm = z.strictObject({
  /** As `loadMethod` takes it. */
  method: z.string().min(1),
  config: methodConfig.default({}),
  /** Over those of the suite and the task: what this method is trained with and the others are not. */
  settings: suiteSettings.default({}),
  /** Over the suite's own, to compare a method with and without. */
  cacheActivations: optionalShape(runOptions).cacheActivations,
});

/** What a search chose for a method on a task. */
const foundRate = z.strictObject({
  method: z.string().min(1),
  /** As the arm has it. */
  config: methodConfig.default({}),
  settings: suiteSettings.default({}),
  task: z.string(),
  chosen: ChosenSettingsSchema,
});

/** A suite as data: which methods, on which tasks, with which seeds, and everything the runs share. */
const suiteSchema = z.strictObject({
  /** For the output directory and the records: letters, digits, `.`, `_`, `-`. */
  name: z.string().regex(/^[\w.-]+$/),
  /** One sentence, for `bench list`. */
  description: z.string().optional(),
  methods: z.array(arm).min(1),
  /** Tasks of one's own, as `defineTask` takes them; `tasks` names them. */
  definitions: z.array(z.unknown()).default([]),
  ...suiteShape(suiteFields),
  ...suiteShape(runOptions),
  /** Backbones that the learning rates were fitted for; absent: they hold for any. */
  fittedFor: z.array(z.string()).optional(),
  settings: suiteSettings.default({}),
  /** Settings of single tasks, over those of the suite. */
  taskSettings: z.record(z.string(), suiteSettings).default({}),
  /** What a search found before, as `bench tune` writes it: these methods and tasks are not searched again. */
  rates: z.array(foundRate).default([]),
  /** Where that search is described, for the notice that names it. */
  ratesFrom: z.string().optional(),
  /** The method that a report compares the others with, or one of its variants as a report names it, such as `full (epochs=8)`; null: none. */
  reference: z.string().nullable().default(null),
});

export type Suite = z.infer<typeof suiteSchema>;
/** A suite as it is written: defaults left out. */
export type SuiteInput = z.input<typeof suiteSchema>;
export type FoundRate = Suite["rates"][number];
/** Settings of training and evaluation that a suite, a task or a method gives. */
export type GivenSettings = Suite["settings"];

/** @throws BenchError E_SUITE_INVALID naming the first wrong field, or an unknown one with those that are known */
export function parseSuite(input: unknown, where: string): Suite {
  const parsed = suiteSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const message = issue.code === "unrecognized_keys" ? unknownField(issue.keys[0]!, issue.path) : issue.message;
  throw new BenchError("E_SUITE_INVALID", `${where}: ${issue.path.join(".") || "suite"}: ${message}`);
}

/** Where a field belongs, or which are known where it was found. */
function unknownField(key: string, path: readonly PropertyKey[]): string {
  const isSetting = path[0] === "taskSettings" || path.at(-1) === "settings";
  const known = Object.keys(isSetting ? suiteSettings.shape : path[0] === "methods" ? arm.shape : suiteSchema.shape);
  const hint =
    !isSetting && Object.hasOwn(trainingSettings, key)
      ? ` It belongs in "settings".`
      : isSetting && Object.hasOwn(suiteSchema.shape, key)
        ? " It belongs beside name and methods."
        : nearMatch(key, known);
  return `expected one of ${known.join(", ")}, got "${key}".${hint}`;
}

/** What a suite gives of the settings of one run: a task's over its own, a method's over both. */
export function givenSettings({ settings, taskSettings }: Suite, task: string, own: GivenSettings = {}): GivenSettings {
  return [taskSettings[task] ?? {}, own].reduce((below, over) => valuesOver(trainingSettings, below, over), settings);
}

/** The settings of one run; `own` are those of its method. */
export function settingsOf(suite: Suite, task: string, seed: number, own: GivenSettings = {}): TrainSettings {
  const given = Object.entries(givenSettings(suite, task, own));
  return { ...defaultSettings, ...Object.fromEntries(given.filter(([, value]) => value !== undefined)), seed };
}

/** The options of one run, for one of the suite's limits and with what the method has of its own. */
export function optionsOf(suite: Suite, own: Pick<RunOptions, "limit" | "cacheActivations">): RunOptions {
  return { ...valuesIn(runOptions, suite), ...own };
}

import { extname } from "node:path";
import {
  type GivenSettings,
  isDataWord,
  loadSuite,
  namedIn,
  nearMatch,
  type Places,
  parseSuite,
  type Suite,
} from "@petl/bench";
import { presets } from "@petl/presets";
import { type Fields, runOptions, suiteFields, trainingSettings, valuesOver } from "@petl/settings";
import { codePlaces } from "../../code-places.js";
import { UsageError } from "../../exit.js";
import { userPath } from "../../user-directory.js";
import { withoutForeignRates } from "./fitted-settings.js";
import type { GlueFlags } from "./flags.js";
import { readRates } from "./read-rates.js";
import { comparedSeeds } from "./suite-flags.js";

/** A suite and where the code that it names may come from. */
export interface ChosenSuite {
  readonly suite: Suite;
  readonly places: Places;
}

/** The preset or suite file, with every flag over it. @throws UsageError, BenchError */
export async function suiteFromFlags(flags: GlueFlags): Promise<ChosenSuite> {
  const places = placesOf(flags);
  const base = withoutForeignRates(await baseSuite(flags, places), flags.backbone);
  const settings = given(flags, trainingSettings);
  const over = (own: GivenSettings) => valuesOver(trainingSettings, own, settings);
  const input = {
    ...base,
    ...given(flags, { ...suiteFields, ...runOptions }),
    data: chosenData(flags) ?? base.data,
    ...chosenSearch(flags, base),
    methods: chosenMethods(flags, base.methods),
    settings: over(base.settings),
    taskSettings: Object.fromEntries(Object.entries(base.taskSettings).map(([task, own]) => [task, over(own)])),
  };
  return { suite: parseSuite(input, "flags"), places };
}

/** A suite in JSON is data; one in JavaScript is code that the user named. */
function placesOf(flags: GlueFlags): Places {
  const { suite, methods = [], method = [], device, backbone } = flags;
  const named = [...methods, ...method.map((arm) => arm.method), device, backbone];
  const places = codePlaces(
    flags,
    named.filter((name) => name !== undefined),
  );
  if (suite === undefined) return places;
  const file = userPath(suite);
  if (extname(file) === ".json") return namedIn(places, file);
  return places;
}

/** What is searched, and with which seeds: `--trials` searches anew what an earlier search found; `--rates` takes what another did. */
function chosenSearch({ rates, trials, protocol, seeds }: GlueFlags, base: Suite): Partial<Suite> {
  const isNew = protocol === "tuned" && seeds === undefined && base.seeds.length < comparedSeeds.length;
  return {
    ...(isNew && { seeds: [...comparedSeeds] }),
    ...(trials !== undefined && { rates: [] }),
    ...(rates !== undefined && { rates: readRates(userPath(rates)), ratesFrom: rates }),
  };
}

/** A directory is relative to where the user stands. */
function chosenData({ data }: GlueFlags): string | undefined {
  return data === undefined || isDataWord(data) ? data : userPath(data);
}

/** The flags of a table that were given. */
function given(flags: GlueFlags, table: Fields): Record<string, unknown> {
  const values: Readonly<Record<string, unknown>> = { ...flags };
  const keys = Object.keys(table).filter((key) => values[key] !== undefined);
  return Object.fromEntries(keys.map((key) => [key, values[key]]));
}

async function baseSuite({ preset, suite }: GlueFlags, places: Places): Promise<Suite> {
  if (suite !== undefined && preset !== undefined)
    throw new UsageError("--suite and --preset: expected one of the two, got both");
  if (suite !== undefined) return loadSuite(userPath(suite), places);
  const names = Object.keys(presets);
  const name = preset ?? names[0]!;
  const found = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (found !== undefined) return parseSuite(found, `preset ${name}`);
  throw new UsageError(`--preset: expected one of ${names.join(", ")}, got "${name}".${nearMatch(name, names)}`);
}

/**
 * `--methods` and `--method` together; a preset's own settings of a method stay unless a flag sets them. Those of `--method` stand over
 * the flags that all methods share.
 */
function chosenMethods(flags: GlueFlags, base: Suite["methods"]): Suite["methods"] {
  const { methods, method } = flags;
  const shared = valuesOver(trainingSettings, {}, given(flags, trainingSettings));
  const arms = base.map((arm) => {
    const own = Object.entries(arm.settings).filter(([key]) => !Object.hasOwn(shared, key));
    return { ...arm, settings: Object.fromEntries(own) };
  });
  if (methods === undefined && method === undefined) return arms;
  const ofBase = (name: string) => {
    const { config = {}, settings = {} } = arms.find((arm) => arm.method === name) ?? {};
    return { config, settings };
  };
  return [
    ...(methods ?? []).map((name) => ({ method: name, ...ofBase(name) })),
    ...(method ?? []).map(({ method: name, config, settings }) => {
      const own = ofBase(name);
      return {
        method: name,
        config: { ...own.config, ...config },
        settings: valuesOver(trainingSettings, own.settings, settings),
      };
    }),
  ];
}

import { presets } from "@petl/presets";
import { runOptions, suiteFields, trainingSettings } from "@petl/settings";
import { trackerNames } from "@petl/tracking";
import { codePlaces } from "../code-places.js";
import { everything } from "../commands/list/everything.js";
import { optionalColumns } from "../commands/report/optional-columns.js";
import type { NamedWords } from "./words.js";

/** The words of settings, and what `bench list` names. */
export async function namedWords(): Promise<NamedWords> {
  const settings = { ...suiteFields, ...runOptions, ...trainingSettings };
  const { methods, tasks, collections, backbones, devices } = await everything(codePlaces());
  const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);
  const ofSettings = Object.entries(settings).map(([key, { kind }]) => [key, kind.words ?? []] as const);
  return {
    ...Object.fromEntries(ofSettings),
    preset: Object.keys(presets),
    methods: names(methods),
    method: names(methods),
    tasks: [
      ...names(tasks),
      ...collections.flatMap(({ name, tasks: own }) => [name, ...names(own).map((task) => `${name}/${task}`)]),
    ],
    backbone: names(backbones),
    device: ["auto", ...names(devices)],
    log: trackerNames,
    columns: optionalColumns,
  };
}

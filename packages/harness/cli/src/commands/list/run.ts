import { type FoundMethod, listMethods } from "@petl/bench";
import { type CodeFlags, codePlaces } from "../../code-places.js";
import type { ExitCode } from "../../exit.js";
import { asStarted } from "../../started-as.js";
import { type Everything, everything } from "./everything.js";
import { methodSettings } from "./method-settings.js";
import { wrappedSection } from "./wrapped-section.js";

/** The flags of `bench list` as commander hands them over; absent where not given. */
export interface ListFlags extends CodeFlags {
  readonly settings?: boolean;
  readonly json?: boolean;
}

/** Prints what can be named on the command line. */
export async function runList({ settings, json, ...code }: ListFlags): Promise<ExitCode> {
  const places = codePlaces(code);
  if (json) console.log(JSON.stringify(await everything(places), null, 2));
  else console.log(asStarted(settings ? settingsText(await listMethods(places)) : asText(await everything(places))));
  return 0;
}

function asText({ methods, tasks, collections, families, backbones, presets: suites, devices }: Everything): string {
  const isOwn = (method: Everything["methods"][number]): boolean => method.package === `@petl/method-${method.name}`;
  return [
    wrappedSection(
      "Methods (their settings: pnpm bench list --settings)",
      methods.map((method) => [method.name, method.paper.title + (isOwn(method) ? "" : ` (${method.package})`)]),
    ),
    wrappedSection(
      "Tasks of GLUE",
      tasks.map(({ name, title, metrics, trainable }) => [
        name,
        title,
        trainable ? metrics.join(", ") : "diagnostic only: no training data",
      ]),
    ),
    ...collections.map(({ name: collection, title, tasks: own }) =>
      wrappedSection(
        `Tasks of ${title} (--tasks ${collection}, or one of them)`,
        own.map((task) => [`${collection}/${task.name}`, task.title, (task.metrics ?? []).join(", ")]),
      ),
    ),
    wrappedSection("Tasks of one's own", [["bench run", "a table of texts and answers, or a file that describes it"]]),
    ...families.map(({ name: family, models, scorings }) =>
      wrappedSection(`Backbones of the family ${family} (--scoring ${scorings.join(", ")})`, [
        ["any checkpoint of", models],
        ...backbones
          .filter((backbone) => backbone.family === family)
          .map(({ name, description }) => (description === "" ? [name] : [name, description])),
      ]),
    ),
    wrappedSection("Backbones of any family", [
      ["DIR", "a directory with a checkpoint"],
      ["hf:ORG/REPO", "a repository of the Hugging Face hub"],
    ]),
    wrappedSection(
      "Presets",
      suites.map(({ name, description }) => [name, description]),
    ),
    wrappedSection(
      "Devices",
      devices.map(({ name, usable, reason }) => [name, usable ? "usable" : "not usable", reason]),
    ),
  ].join("\n\n");
}

function settingsText(methods: readonly FoundMethod[]): string {
  const sections = methods.map(({ definition: method }) => {
    const { settings, needs } = methodSettings(method);
    if (settings === null) return wrappedSection(method.name, [["has no defaults:", needs ?? ""]]);
    return wrappedSection(
      method.name,
      Object.entries(settings).map(([name, value]) => [
        name,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    );
  });
  return [...sections, "Change some with pnpm bench glue --method NAME:setting=value,setting=value"].join("\n\n");
}

import { canonicalJson, type RunRecord } from "@petl/results";
import type { LeftOut, Variant } from "../model/model.js";
import { distinct, groupBy } from "../statistics/statistics.js";
import { cleanText } from "../text/text.js";
import { differingKeys, differingSettings } from "./differing-settings.js";
import { keepLatest } from "./keep-latest.js";
import { ownSettings } from "./own-settings.js";

/** A variant and its records: at most one of each status and seed, the latest. */
export interface VariantRecords {
  readonly variant: Variant;
  readonly records: readonly RunRecord[];
}

/**
 * Sorts the records of one group into variants: one a method and configuration, split further by settings
 * where the same task was completed under several of them (a sweep). The reference comes first, then by label.
 */
export function splitVariants(
  records: readonly RunRecord[],
  reference: string | null,
): { variants: VariantRecords[]; superseded: LeftOut[] } {
  const byConfig = groupBy(records, ({ run }) => canonicalJson([run.method, run.methodPackage, run.methodConfig]));
  const split = [...byConfig].flatMap(([key, list]) =>
    isSweep(list)
      ? [...groupBy(list, ({ run }) => key + canonicalJson(ownSettings(run)))]
      : ([[key, list]] as [string, RunRecord[]][]),
  );
  const superseded: LeftOut[] = [];
  const labels = labelVariants(split.map(([, list]) => list));
  const latest = (list: readonly RunRecord[]) => {
    const { kept, superseded: earlier } = keepLatest(list, cell);
    superseded.push(...earlier);
    return kept;
  };
  const variants = split.map(([id, list], index) => {
    const { method, methodPackage, methodConfig } = list[0]!.run;
    return {
      variant: { id, label: labels[index]!, method: cleanText(method), methodPackage, methodConfig },
      records: latest(list),
    };
  });
  const rank = ({ variant }: VariantRecords) => (isReference(variant, reference) ? 0 : 1);
  variants.sort((a, b) => rank(a) - rank(b) || a.variant.label.localeCompare(b.variant.label, "en"));
  return { variants, superseded };
}

/** Whether the variant is the one that others are compared with, by its method's name or, among several of one method, by its label. */
export const isReference = ({ method, label }: Variant, reference: string | null): boolean =>
  method === reference || label === reference;

const cell = ({ run }: RunRecord) => canonicalJson([run.task, run.seed]);

function isSweep(records: readonly RunRecord[]): boolean {
  const completed = records.filter(({ status }) => status === "completed");
  return [...groupBy(completed, ({ run }) => run.task).values()].some(
    (list) => distinct(list.map(({ run }) => canonicalJson(ownSettings(run)))).length > 1,
  );
}

/**
 * The method's name, and, where several variants share it, what differs between them; and each setting that differs between
 * methods on one task, such as the number of epochs. A learning rate is each method's own where held-out examples chose it, then or
 * in an earlier search.
 */
function labelVariants(variants: readonly (readonly RunRecord[])[]): string[] {
  const betweenMethods = differingSettings(variants.flat(), ownSettings);
  if (variants[0]?.[0]?.run.settings.protocol === "tuned") betweenMethods.delete("learningRate"); // the same in a group
  const byMethod = groupBy(variants, ([first]) => first!.run.method);
  const within = new Map([...byMethod].map(([method, siblings]) => [method, differencesOf(siblings)]));
  return variants.map((records) => {
    const record = records[0]!;
    const { keys, packages } = within.get(record.run.method)!;
    const named = Object.keys(configAndSettings(record)).filter((key) => keys.has(key) || betweenMethods.has(key));
    const shown = named.length === 0 ? [] : shownRecords(records).map(configAndSettings);
    const details = named.map((key) => `${key}=${valuesOf(shown, key)}`);
    if (packages > 1) details.unshift(record.run.methodPackage);
    return cleanText(details.length === 0 ? record.run.method : `${record.run.method} (${details.join(", ")})`);
  });
}

/** What variants of one method differ in, and of how many packages they are. */
function differencesOf(variants: readonly (readonly RunRecord[])[]) {
  const firsts = variants.map(([first]) => first!);
  return {
    keys: new Set(differingKeys(firsts.map(configAndSettings))),
    packages: distinct(firsts.map(({ run }) => run.methodPackage)).length,
  };
}

function configAndSettings({ run }: RunRecord): Record<string, unknown> {
  return { ...fields(run.methodConfig), ...ownSettings(run) };
}

/** The completed runs, or all where none is. */
function shownRecords(records: readonly RunRecord[]): readonly RunRecord[] {
  const completed = records.filter(({ status }) => status === "completed");
  return completed.length > 0 ? completed : records;
}

function valuesOf(settings: readonly Readonly<Record<string, unknown>>[], key: string): string {
  const text = (value: unknown) => (typeof value === "string" ? value : (canonicalJson(value) ?? "none"));
  return distinct(settings.map((each) => text(each[key]))).join("/");
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : { config: value };
}

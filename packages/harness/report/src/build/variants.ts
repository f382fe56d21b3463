import { canonicalJson, type RunRecord } from "@petl/results";
import { identityValues, runOptions, trainingSettings } from "@petl/settings";
import type { LeftOut, Variant } from "../model/model.js";
import { distinct, groupBy } from "../statistics/statistics.js";
import { cleanText } from "../text/text.js";

/** A variant and its records: at most one of each status and seed, the latest. */
export interface VariantRecords {
  readonly variant: Variant;
  readonly records: readonly RunRecord[];
}

/**
 * Sorts the records of one group into variants: one a method and configuration, split further by settings where the
 * same task and seed were completed under several of them (a sweep). The reference comes first, then by label.
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
  const labels = labelVariants(split.map(([, list]) => list[0]!));
  const superseded: LeftOut[] = [];
  const variants = split.map(([id, list], index) => {
    const { method, methodPackage, methodConfig } = list[0]!.run;
    return {
      variant: { id, label: labels[index]!, method: cleanText(method), methodPackage, methodConfig },
      records: keepLatest(list, superseded),
    };
  });
  const rank = ({ variant }: VariantRecords) => (variant.method === reference ? 0 : 1);
  variants.sort((a, b) => rank(a) - rank(b) || a.variant.label.localeCompare(b.variant.label, "en"));
  return { variants, superseded };
}

const cell = ({ run }: RunRecord) => canonicalJson([run.task, run.seed]);

/** What tells runs apart: not what changes neither a result nor a cost. */
const ownSettings = ({ settings }: RunRecord["run"]) =>
  identityValues({ ...trainingSettings, ...runOptions }, settings);

function isSweep(records: readonly RunRecord[]): boolean {
  const completed = records.filter(({ status }) => status === "completed");
  return [...groupBy(completed, cell).values()].some(
    (list) => distinct(list.map(({ run }) => canonicalJson(ownSettings(run)))).length > 1,
  );
}

/** Of several records of one task and seed, the completed one that ended last; the rest is named in `superseded`. */
function keepLatest(records: readonly RunRecord[], superseded: LeftOut[]): RunRecord[] {
  return [...groupBy(records, cell).values()].map((list) => {
    const done = (record: RunRecord) => (record.status === "completed" ? 1 : 0);
    const [latest, ...rest] = [...list].sort(
      (a, b) => done(b) - done(a) || Date.parse(b.endedAt) - Date.parse(a.endedAt),
    );
    for (const record of rest) {
      const why = `the run that ended ${latest!.endedAt} is shown; this one ended ${record.endedAt} (${record.status})`;
      superseded.push({ what: runName(record), kind: "superseded", why });
    }
    return latest!;
  });
}

/** What to call a run in a list. */
export function runName({ run, id }: RunRecord): string {
  return cleanText(`${run.method} on ${run.task}, seed ${run.seed} (${id})`);
}

/** The method's name, and, where several variants share it, what differs between them. */
function labelVariants(records: readonly RunRecord[]): string[] {
  return records.map((record) => {
    const siblings = records.filter(({ run }) => run.method === record.run.method);
    const flat = (other: RunRecord) => ({ ...fields(other.run.methodConfig), ...ownSettings(other.run) });
    const own = flat(record);
    const keys = distinct(siblings.flatMap((other) => Object.keys(flat(other))));
    const differing = keys.filter(
      (key) => distinct(siblings.map((other) => canonicalJson(flat(other)[key]))).length > 1,
    );
    const details = differing.map(
      (key) => `${key}=${typeof own[key] === "string" ? own[key] : (canonicalJson(own[key]) ?? "none")}`,
    );
    const packages = distinct(siblings.map(({ run }) => run.methodPackage));
    if (packages.length > 1) details.unshift(record.run.methodPackage);
    return cleanText(details.length === 0 ? record.run.method : `${record.run.method} (${details.join(", ")})`);
  });
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : { config: value };
}

import { canonicalJson, type RunRecord } from "@petl/results";
import { distinct, groupBy } from "../statistics/statistics.js";

/** The settings of which completed runs of one task had several values, whatever their methods; tasks may differ. */
export function differingSettings(
  records: readonly RunRecord[],
  settingsOf: (run: RunRecord["run"]) => Readonly<Record<string, unknown>>,
): Set<string> {
  const completed = records.filter(({ status }) => status === "completed");
  const differing = new Set<string>();
  for (const list of groupBy(completed, ({ run }) => run.task).values()) {
    const settings = list.map(({ run }) => settingsOf(run));
    for (const key of differingKeys(settings)) if (key in settings[0]!) differing.add(key);
  }
  return differing;
}

/** The keys of which some objects have another value than others, or none. */
export function differingKeys(objects: readonly Readonly<Record<string, unknown>>[]): string[] {
  const keys = distinct(objects.flatMap((each) => Object.keys(each)));
  return keys.filter((key) => distinct(objects.map((each) => canonicalJson(each[key]))).length > 1);
}

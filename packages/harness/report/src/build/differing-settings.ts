import { canonicalJson, type RunRecord } from "@petl/results";
import { distinct, groupBy } from "../statistics/statistics.js";

/** The settings of which completed runs of one task had several values, whatever their methods; tasks may differ. */
export function differingSettings(
  records: readonly RunRecord[],
  settingsOf: (run: RunRecord["run"]) => Readonly<Record<string, unknown>>,
): Set<string> {
  const completed = records.filter(({ status }) => status === "completed");
  const differing = new Set<string>();
  for (const list of groupBy(completed, ({ run }) => run.task).values())
    for (const key of Object.keys(settingsOf(list[0]!.run)))
      if (distinct(list.map(({ run }) => canonicalJson(settingsOf(run)[key]))).length > 1) differing.add(key);
  return differing;
}

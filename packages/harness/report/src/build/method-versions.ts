import { canonicalJson, type RunRecord } from "@petl/results";
import type { LeftOut } from "../model/model.js";
import { groupBy } from "../statistics/statistics.js";
import { runName } from "./run-name.js";

/**
 * The records of the latest version of each method, by the digest of its source; completed ones of earlier versions are named in
 * `superseded`, as a table must not mix them.
 */
export function latestVersions(records: readonly RunRecord[]): { records: RunRecord[]; superseded: LeftOut[] } {
  const superseded: LeftOut[] = [];
  const ofMethod = groupBy(records, ({ run }) => canonicalJson([run.method, run.methodPackage]));
  const kept = new Set<RunRecord>();
  for (const list of ofMethod.values()) {
    const latest = versionOf(latestOf(list));
    for (const record of list) {
      if (versionOf(record) === latest) kept.add(record);
      else if (record.status === "completed" && record.run.stage !== "trial")
        superseded.push({ what: runName(record), kind: "superseded", why: whyLeftOut(record, latest) });
    }
  }
  return { records: records.filter((record) => kept.has(record)), superseded };
}

const versionOf = ({ identity }: RunRecord): string | null => identity?.method.sha256 ?? null;

/** The record that ended last, completed ones first where there are any. */
function latestOf(records: readonly RunRecord[]): RunRecord {
  const completed = records.filter(({ status }) => status === "completed");
  return [...(completed.length > 0 ? completed : records)].sort(
    (a, b) => Date.parse(b.endedAt) - Date.parse(a.endedAt),
  )[0]!;
}

function whyLeftOut(record: RunRecord, latest: string | null): string {
  const [own, shown] = [versionOf(record), latest].map((digest) => digest?.slice(0, 12) ?? "not recorded");
  return `it ran an earlier version of the method (source ${own}); the runs of the latest are shown (source ${shown})`;
}

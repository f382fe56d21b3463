import type { RunRecord } from "@petl/results";
import type { LeftOut } from "../model/model.js";
import { groupBy } from "../statistics/statistics.js";
import { runName } from "./run-name.js";

/** Of several records with one key, the completed one that ended last; the rest is named in `superseded`. */
export function keepLatest(
  records: readonly RunRecord[],
  key: (record: RunRecord) => string,
): { kept: RunRecord[]; superseded: LeftOut[] } {
  const superseded: LeftOut[] = [];
  const kept = [...groupBy(records, key).values()].map((list) => {
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
  return { kept, superseded };
}

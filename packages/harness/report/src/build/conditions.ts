import type { RunRecord } from "@petl/results";
import type { ReportGroup } from "../model/model.js";
import type { SearchResult } from "../model/search.js";
import { distinct } from "../statistics/statistics.js";
import { unmeasuredLoad } from "./busy-machine.js";
import { groupFacts, settingFacts } from "./facts.js";
import { headlines } from "./headlines.js";
import { ofStage } from "./stages.js";
import type { VariantRecords } from "./variants.js";

type Conditions = Pick<
  ReportGroup,
  "facts" | "trained" | "protocol" | "unsearched" | "settings" | "headParams" | "headlines" | "timeNotices" | "notices"
>;

/** Under what conditions the runs of a group were made; trials stand in for the runs they choose for until there is one. */
export function conditionsOf(
  records: readonly RunRecord[],
  variants: readonly VariantRecords[],
  search: readonly SearchResult[],
): Conditions {
  const finals = ofStage(records, "final");
  const shown = finals.length > 0 ? finals : records;
  const { run } = shown[0]!;
  const isGiven = ({ records: own }: VariantRecords) =>
    own.some(({ status, run: { chosen } }) => status === "completed" && chosen === null);
  return {
    facts: groupFacts(shown),
    trained: run,
    protocol: run.settings.protocol,
    unsearched: variants.filter(isGiven).map(({ variant }) => variant.label),
    settings: settingFacts(variants.map(({ variant, records: own }) => ({ label: variant.label, records: own }))),
    headParams: headParams(shown),
    headlines: headlines(records, search),
    timeNotices: unmeasuredLoad(finals),
    notices: distinct(records.flatMap(({ data }) => data?.notices ?? [])),
  };
}

function headParams(records: readonly RunRecord[]): number[] {
  const sizes = records.flatMap(({ counts }) =>
    counts === null || counts.headParams === 0 ? [] : [counts.headParams],
  );
  return sizes.length === 0 ? [] : distinct([Math.min(...sizes), Math.max(...sizes)]);
}

import type { RunRecord } from "@petl/results";

/** The runs of one stage: `final` ones are compared, `trial` ones chose their settings, `baseline` ones trained nothing. */
export function ofStage(records: readonly RunRecord[], stage: RunRecord["run"]["stage"]): RunRecord[] {
  return records.filter(({ run }) => run.stage === stage);
}

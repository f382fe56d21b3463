import type { RunRecord } from "@petl/results";

/** Codes of a run that trained to no finite number. */
const divergence: readonly (string | null)[] = ["E_DIVERGED", "E_NOT_FINITE"];

/** The runs of one stage: `final` ones are compared, `trial` ones chose their settings, `baseline` ones trained nothing. */
export function ofStage(records: readonly RunRecord[], stage: RunRecord["run"]["stage"]): RunRecord[] {
  return records.filter(({ run }) => run.stage === stage);
}

/** Whether training diverged; of a trial that is an outcome, not a failure. */
export function hasDiverged({ status, error }: RunRecord): boolean {
  return status === "failed" && error !== null && divergence.includes(error.code);
}

import type { RunRecord } from "./schema.js";

type Ending = Pick<RunRecord, "status" | "error">;

/** Codes of a run that trained to no finite number. */
const divergence: readonly (string | null)[] = ["E_DIVERGED", "E_LOSS_SCALE", "E_NOT_FINITE"];

/** Whether training diverged; of a trial that is an outcome, not a failure. */
export function hasDiverged({ status, error }: Ending): boolean {
  return status === "failed" && error !== null && divergence.includes(error.code);
}

/** Whether a run has ended in a way that the same run would end again: completed, or a trial whose rate made it diverge. */
export function isSettled(record: Ending & Pick<RunRecord, "run">): boolean {
  return record.status === "completed" || (record.run.stage === "trial" && hasDiverged(record));
}

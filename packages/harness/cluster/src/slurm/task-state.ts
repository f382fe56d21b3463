/** Where a task of an array stands: it waits, holds a place on a node, or is over. */
export type TaskState = "pending" | "running" | "ended";

/** One task of an array as the queue or the accounting shows it. */
export interface ArrayTask {
  readonly jobId: string;
  /** The index in Slurm, without an array's offset. */
  readonly taskId: number;
  readonly state: TaskState;
  /** Slurm's own word, such as `TIMEOUT`. */
  readonly detail: string;
  /** Why it waits or ended so, in Slurm's words; null where Slurm gives no reason. */
  readonly reason: string | null;
}

const pending = new Set(["PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESV_DEL_HOLD", "SPECIAL_EXIT"]);
const ended = new Set(
  "BOOT_FAIL CANCELLED COMPLETED DEADLINE FAILED LAUNCH_FAILED NODE_FAIL OUT_OF_MEMORY PREEMPTED RECONFIG_FAIL REVOKED TIMEOUT".split(
    " ",
  ),
);

/**
 * What Slurm's words for a state mean: a base state, and flags such as `COMPLETING` or `REQUEUED` beside it.
 *
 * A flag that says that the task waits again, or still holds its node, goes before a base state that has ended. A word that is not
 * known counts as running, so that nothing is started twice.
 */
export function taskState(words: readonly string[]): TaskState {
  if (words.some((word) => pending.has(word))) return "pending";
  return words.length > 0 && words.every((word) => ended.has(word)) ? "ended" : "running";
}

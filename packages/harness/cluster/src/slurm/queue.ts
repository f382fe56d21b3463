import { ClusterError } from "../errors.js";
import { byCluster, type JobsOfCluster } from "./job-id.js";
import { runCommand } from "./run-command.js";
import { sacctOptions, tasksInAccounting } from "./sacct.js";
import { tasksInQueue } from "./squeue.js";
import type { ArrayTask, TaskState } from "./task-state.js";

/** An array that was submitted: its job id as `submit` gave it, and the offset of its indices. */
export interface SubmittedArray {
  readonly jobId: string;
  readonly offset: number;
}

/** One index as Slurm sees it. */
export interface QueueTask {
  readonly state: TaskState;
  /** Slurm's own word, such as `TIMEOUT`. */
  readonly detail: string;
  readonly jobId: string;
  /** Why it waits or ended so, in Slurm's words; null where Slurm gives no reason. */
  readonly reason: string | null;
}

/** What Slurm knows of submitted arrays. */
export interface QueueStates {
  /** By index, offset included; one that Slurm does not know any more is absent. */
  readonly tasks: ReadonlyMap<number, QueueTask>;
  /** Why nothing could be told: neither the queue nor the accounting answered. Else null. */
  readonly reason: string | null;
  /** Why tasks that left the queue, minutes after their end, cannot be told: this cluster keeps no accounts. Else null. */
  readonly accountingReason: string | null;
}

/**
 * Asks `squeue` for the tasks in the queue and `sacct` for those that left it.
 *
 * Where an index was submitted twice, what is still alive goes before what has ended, then the later array before the earlier.
 * @throws ClusterError E_JOB_INVALID for what is no job id; a command that fails is a reason, no error
 */
export async function queueStates(arrays: readonly SubmittedArray[]): Promise<QueueStates> {
  if (arrays.length === 0) return { tasks: new Map(), reason: null, accountingReason: null };
  const jobs = byCluster(arrays.map(({ jobId }) => jobId));
  const queue = await answers(jobs, async ({ clusterOption, ids }) =>
    tasksInQueue(await inQueue(["--json", ...clusterOption, `--jobs=${ids.join(",")}`]), ids),
  );
  const accounting = await answers(jobs, async ({ clusterOption, ids }) =>
    tasksInAccounting(await runCommand("sacct", [...sacctOptions, ...clusterOption, `--jobs=${ids.join(",")}`])),
  );
  const neither = queue.reason !== null && accounting.reason !== null;
  return {
    tasks: byIndex(arrays, [...accounting.tasks, ...queue.tasks]),
    reason: neither ? `${queue.reason}; ${accounting.reason}` : null,
    accountingReason: accounting.reason,
  };
}

/** What `squeue` prints; a job that left the queue is an error to it, but not to us. */
async function inQueue(args: readonly string[]): Promise<string> {
  try {
    return await runCommand("squeue", args);
  } catch (error) {
    if (error instanceof ClusterError && /invalid job id/i.test(error.message)) return '{"jobs":[]}';
    throw error;
  }
}

interface Answer {
  readonly tasks: readonly ArrayTask[];
  readonly reason: string | null;
}

async function answers(
  clusters: readonly JobsOfCluster[],
  ask: (jobs: JobsOfCluster) => Promise<ArrayTask[]>,
): Promise<Answer> {
  try {
    const answered = await Promise.all(
      clusters.map(async (jobs) =>
        (await ask(jobs)).map((task) => ({ ...task, jobId: `${task.jobId}${jobs.suffix}` })),
      ),
    );
    return { tasks: answered.flat(), reason: null };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return { tasks: [], reason: error.message };
  }
}

const liveliness: Record<TaskState, number> = { ended: 0, pending: 1, running: 2 };

/** Of several answers for one task of one array the last counts, which is the queue's. */
function byIndex(arrays: readonly SubmittedArray[], answered: readonly ArrayTask[]): Map<number, QueueTask> {
  const tasksOf = new Map(arrays.map(({ jobId }) => [jobId, new Map<number, ArrayTask>()]));
  for (const task of answered) tasksOf.get(task.jobId)?.set(task.taskId, task);
  const tasks = new Map<number, QueueTask>();
  for (const { jobId, offset } of arrays)
    for (const { taskId, state, detail, reason } of tasksOf.get(jobId)!.values()) {
      const earlier = tasks.get(taskId + offset);
      if (earlier === undefined || liveliness[state] >= liveliness[earlier.state])
        tasks.set(taskId + offset, { state, detail, jobId, reason });
    }
  return tasks;
}

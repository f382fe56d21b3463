import { availableParallelism } from "node:os";
import { ClusterError } from "../errors.js";
import { runCommand } from "./run-command.js";

/** What Slurm says of the task that this process is. */
export interface ThisTask {
  /** No two live processes have it at the same time: one that is started again has that of the one before. Undefined where this is none. */
  readonly name: string | undefined;
  /** Cores that are its own; null where that is not said. */
  readonly threads: number | null;
}

/** The task that this process is, of Slurm's variables. */
export function thisTask(env: NodeJS.ProcessEnv = process.env): ThisTask {
  const { SLURM_JOB_ID: id, SLURM_PROCID: process = "0", SLURM_CLUSTER_NAME: cluster = "" } = env;
  if (id === undefined) return { name: undefined, threads: null };
  const cores = Number(env.SLURM_CPUS_PER_TASK ?? env.SLURM_CPUS_ON_NODE);
  const threads = Number.isInteger(cores) && cores > 0 ? Math.min(cores, availableParallelism()) : null;
  return { name: `slurm ${cluster} ${id}.${process}`, threads };
}

/**
 * Asks Slurm to start the task that this process is once more, later; false where it is none, or Slurm refuses. Slurm then ends it.
 */
export async function requeueThisTask(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const { SLURM_JOB_ID: job, SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: task } = env;
  if (job === undefined) return false;
  const id = array === undefined || task === undefined ? job : `${array}_${task}`; // of the job id alone, Slurm may take the whole array
  try {
    await runCommand("scontrol", ["requeue", id]);
    return true;
  } catch (error) {
    if (error instanceof ClusterError) return false;
    throw error;
  }
}

import { availableParallelism } from "node:os";

/** What a cluster says of the job that this process is. */
export interface Job {
  /** No two live processes have it at the same time: one that is started again has that of the one before. */
  readonly name: string | undefined;
  /** Cores that are this job's; null where that is not said. */
  readonly threads: number | null;
}

/** The job that this process is, of Slurm's variables; without them, none. */
export function thisJob(env: NodeJS.ProcessEnv = process.env): Job {
  const { SLURM_JOB_ID: id, SLURM_PROCID: process = "0", SLURM_CLUSTER_NAME: cluster = "" } = env;
  if (id === undefined) return { name: undefined, threads: null };
  const cores = Number(env.SLURM_CPUS_PER_TASK ?? env.SLURM_CPUS_ON_NODE);
  const threads = Number.isInteger(cores) && cores > 0 ? Math.min(cores, availableParallelism()) : null;
  return { name: `slurm ${cluster} ${id}.${process}`, threads };
}

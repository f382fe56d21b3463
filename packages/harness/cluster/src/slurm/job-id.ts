import { ClusterError } from "../errors.js";

/** @throws ClusterError E_JOB_INVALID for what is no job id of sbatch, `41` or `41;cluster` */
export function checkJobId(jobId: string): void {
  if (!/^\d+(;[\w.-]+)?$/.test(jobId))
    throw new ClusterError(
      "E_JOB_INVALID",
      `job id: expected a number as sbatch prints it, got ${JSON.stringify(jobId)}`,
    );
}

/** The jobs of one cluster, their numbers alone. */
export interface JobsOfCluster {
  /** The option with which Slurm's commands reach it; none for the cluster at hand. */
  readonly clusterOption: readonly string[];
  /** What follows a number in a job id: `;cluster`, or nothing. */
  readonly suffix: string;
  readonly ids: readonly string[];
}

/** The jobs of each cluster. @throws ClusterError E_JOB_INVALID */
export function byCluster(jobIds: readonly string[]): JobsOfCluster[] {
  for (const jobId of jobIds) checkJobId(jobId);
  const clusters = new Set(jobIds.map((jobId) => jobId.split(";")[1]));
  return [...clusters].map((name) => ({
    clusterOption: name === undefined ? [] : [`--clusters=${name}`],
    suffix: name === undefined ? "" : `;${name}`,
    ids: [...new Set(jobIds.filter((jobId) => jobId.split(";")[1] === name).map(jobNumber))],
  }));
}

/** The job's number without its cluster. */
const jobNumber = (jobId: string): string => jobId.split(";")[0]!;

/** Job ids as sbatch's `--dependency`: the job waits until all of them have ended, however they ended. */
export const afterAny = (jobIds: readonly string[]): string => `afterany:${jobIds.map(jobNumber).join(":")}`;

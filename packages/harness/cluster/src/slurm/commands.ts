import { resolve } from "node:path";
import { ClusterError } from "../errors.js";
import { defaultMaxArraySize } from "./array-ranges.js";
import { afterAny, byCluster, checkJobId } from "./job-id.js";
import { runCommand } from "./run-command.js";

/** The bound of array indices here, and why it is Slurm's default where the cluster did not say. */
export interface MaxArraySize {
  readonly value: number;
  readonly reason: string | null;
}

/**
 * What `splitArrays` needs: the cluster's `MaxArraySize`, or `max_array_tasks` of its scheduler where that is lower; 0 where it takes no
 * arrays. Slurm's default, 1001, where `scontrol` does not tell.
 */
export async function maxArraySize(): Promise<MaxArraySize> {
  try {
    const config = await runCommand("scontrol", ["show", "config"]);
    const found = [/^MaxArraySize\s*=\s*(\d+)/m, /\bmax_array_tasks=(\d+)/].flatMap(
      (name) => name.exec(config)?.[1] ?? [],
    );
    if (found.length > 0) return { value: Math.min(...found.map(Number)), reason: null };
    return { value: defaultMaxArraySize, reason: "scontrol show config: no MaxArraySize" };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return { value: defaultMaxArraySize, reason: error.message };
  }
}

/**
 * Submits a job script and returns its job id as sbatch prints it: `41`, or `41;cluster` where a cluster was named.
 *
 * @throws ClusterError E_COMMAND_MISSING; E_COMMAND_FAILED with sbatch's own words
 */
export async function submit(
  scriptFile: string,
  { dependency = [] }: { dependency?: readonly string[] } = {},
): Promise<string> {
  for (const id of dependency) checkJobId(id);
  const after = dependency.length === 0 ? [] : [`--dependency=${afterAny(dependency)}`];
  const args = ["--parsable", ...after, resolve(scriptFile)];
  const printed = await runCommand("sbatch", args, ", or write the script with --dry-run");
  const id = /^\d+(;[\w.-]+)?$/m.exec(printed)?.[0];
  if (id === undefined)
    throw new ClusterError("E_COMMAND_FAILED", `sbatch --parsable: expected a job id, got ${JSON.stringify(printed)}`);
  return id;
}

/**
 * Cancels whole arrays, pending and running tasks alike; one that has ended already is no error.
 *
 * @throws ClusterError E_JOB_INVALID for what is no job id, E_COMMAND_MISSING, E_COMMAND_FAILED
 */
export async function cancelJobs(jobIds: readonly string[]): Promise<void> {
  for (const { clusterOption, ids } of byCluster(jobIds)) await runCommand("scancel", [...clusterOption, ...ids]);
}

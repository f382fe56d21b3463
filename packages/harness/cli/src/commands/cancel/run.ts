import { cancelJobs, queueStates, submissions } from "@petl/cluster";
import { type ExitCode, UsageError } from "../../exit.js";
import { userPath } from "../../user-directory.js";

/** Cancels what an output folder has in Slurm's queue. */
export async function runCancel(folder: string): Promise<ExitCode> {
  const out = userPath(folder);
  const submitted = submissions(out);
  if (submitted.length === 0)
    throw new UsageError(`output folder ${out}: expected one with jobs of Slurm, got one without; see --engine slurm`);
  const { tasks, reason } = await queueStates(submitted);
  const alive = new Set([...tasks.values()].flatMap(({ jobId, state }) => (state === "ended" ? [] : [jobId])));
  const jobs = reason === null ? [...alive] : [...new Set(submitted.map(({ jobId }) => jobId))]; // all, where Slurm does not say which live
  if (jobs.length === 0) {
    console.log("nothing to cancel: no job of this folder is in the queue");
    return 0;
  }
  await cancelJobs(jobs);
  console.log(`cancelled ${jobs.length} ${jobs.length === 1 ? "job" : "jobs"}: ${jobs.join(", ")}`);
  return 0;
}

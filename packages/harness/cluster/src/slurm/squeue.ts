import { parseJson } from "@petl/files";
import { z } from "zod";
import { ClusterError } from "../errors.js";
import { expandRanges } from "./array-ranges.js";
import { type ArrayTask, taskState } from "./task-state.js";

/** A number, or from Slurm 23.02 on an object that may say that there is none; `null` then, as Slurm 22.05 prints. */
const optionalNumber = z.union([
  z.number().nullable(),
  z
    .object({ set: z.boolean(), infinite: z.boolean().optional(), number: z.number().optional() })
    .transform(({ set, infinite, number }) => (set && infinite !== true ? (number ?? null) : null)),
]);

const entry = z.object({
  array_job_id: optionalNumber,
  array_task_id: optionalNumber,
  /** The tasks that still wait, which have one entry together. */
  array_task_string: z.string().nullish(),
  /** A word, or from 23.02 on several. */
  job_state: z.union([z.string().transform((word) => [word]), z.array(z.string())]),
  state_reason: z.string().nullish(),
});

const answer = z.object({
  jobs: z.array(entry),
  errors: z.array(z.object({ description: z.string().nullish(), error: z.string().nullish() })).nullish(),
});

/**
 * The tasks of the jobs `jobIds` (numbers alone) in what `squeue --json` printed.
 *
 * Slurm 22.05 prints every job of the cluster, whatever `--jobs` says, and exits with 0 when the controller does not answer.
 * @throws ClusterError E_COMMAND_FAILED for an error that Slurm reports so, and for another shape
 */
export function tasksInQueue(json: string, jobIds: readonly string[]): ArrayTask[] {
  const { jobs, errors } = parse(json);
  const error = errors?.find((one) => !/invalid job id/i.test(`${one.description} ${one.error}`));
  if (error !== undefined) throw failed(error.description ?? error.error ?? "an error without a text");
  const wanted = new Set(jobIds);
  return jobs
    .filter(({ array_job_id }) => wanted.has(String(array_job_id)))
    .flatMap((job) =>
      taskIds(job).map((taskId) => ({
        jobId: String(job.array_job_id),
        taskId,
        state: taskState(job.job_state),
        detail: job.job_state.join("+"),
        reason: job.state_reason && job.state_reason !== "None" ? job.state_reason : null,
      })),
    );
}

function taskIds({ array_task_id, array_task_string }: z.infer<typeof entry>): number[] {
  return array_task_id === null ? expandRanges(array_task_string ?? "") : [array_task_id];
}

function parse(json: string): z.infer<typeof answer> {
  let value: unknown;
  try {
    value = parseJson(json);
  } catch (error) {
    throw failed(`expected JSON, got ${json.slice(0, 100)}`, { cause: error });
  }
  const parsed = answer.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw failed(`expected jobs as Slurm 22.05 to 25.11 print them, got ${path.join(".")}: ${message}`);
}

const failed = (message: string, options?: ErrorOptions): ClusterError =>
  new ClusterError("E_COMMAND_FAILED", `squeue --json: ${message}`, options);

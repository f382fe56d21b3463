import { evaluationDigests, type GlueData, heldOutRows, type Task } from "@petl/glue";
import type { RunOptions } from "@petl/settings";

/** SHA-256 of the files that runs read, by split: what makes two data directories the same. */
export type FileDigests = Readonly<Record<string, string>>;

/** A task's files as they are before anything runs. */
export interface TaskFiles {
  /** What a run reads that is never scored on dev, or that chooses on dev. */
  readonly digests: FileDigests;
  /** Usable rows of the training file. */
  readonly trainRows: number;
}

/**
 * Reads a task's files once and checks every row, keeping one example, so that bad data stops a suite before its first run. Where
 * settings are chosen on held-out training examples, no other split is read.
 *
 * @throws GlueError naming file, line and what is wrong
 */
export async function taskFiles(data: GlueData, task: Task, protocol: RunOptions["protocol"]): Promise<TaskFiles> {
  const one = { examples: 1, permutation: (count: number) => Array.from({ length: count }, (_, index) => index) };
  const options = protocol === "tuned" ? { limit: 1, holdOut: one } : { limit: 1, evalLimit: 1 };
  const { train, evaluations } = await data.load(task, options);
  const splits = [train, ...evaluations.filter(({ name }) => name !== "validation")];
  const digests = Object.fromEntries(splits.map(({ name, file }) => [name, file.sha256]));
  return { digests, trainRows: train.file.rows };
}

/** The digests with those of the files that are scored at the end, of their bytes: no example is read. */
export async function withEvaluations(data: GlueData, task: Task, { digests }: TaskFiles): Promise<FileDigests> {
  return { ...digests, ...(await evaluationDigests(data.directory, task)) };
}

/** Examples that a run trains on, of a file with so many usable rows. */
export function trainExamples(rows: number, { protocol, limit, validation }: RunOptions): number {
  const left = protocol === "tuned" ? rows - heldOutRows(rows, validation) : rows;
  return Math.min(left, limit ?? left);
}

/** Usable rows of a task's files. */
export interface TaskRows {
  readonly train: number;
  /** Of each split that it is scored on. */
  readonly evaluations: readonly number[];
}

/** Rows of the files at hand, or of GLUE's release where they are not there yet or not to be read before they are scored. */
export async function taskRows(task: Task, data: GlueData | null, protocol: RunOptions["protocol"]): Promise<TaskRows> {
  const official = task.evaluations.map((name) => task.splits[name]?.officialRows ?? 0);
  if (data === null) return { train: task.splits.train?.officialRows ?? 0, evaluations: official };
  if (protocol === "tuned") return { train: (await taskFiles(data, task, protocol)).trainRows, evaluations: official };
  const { train, evaluations } = await data.load(task, { limit: 1, evalLimit: 1 });
  return { train: train.file.rows, evaluations: evaluations.map(({ file }) => file.rows) };
}

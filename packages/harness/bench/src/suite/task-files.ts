import type { GlueTask } from "@petl/glue";
import type { RunOptions } from "@petl/settings";
import { heldOutRows, loadTask, type Split, type Task, type TaskData } from "@petl/task";
import { taskReader } from "../resolve/task-reader.js";

/** SHA-256 of the files that runs read, by split: what makes two data directories the same. */
export type FileDigests = Readonly<Record<string, string>>;

/** A task's files as they are before anything runs. */
export interface TaskFiles {
  readonly train: FileDigests;
  /** What it is scored on; none where only a search was planned, which never reads it. */
  readonly evaluations: FileDigests;
  readonly rows: TaskRows;
}

/** Usable rows of a task's files. */
export interface TaskRows {
  readonly train: number;
  /** Of each split that it is scored on. */
  readonly evaluations: readonly number[];
}

/** Rows that are kept where only their form counts: enough for more than one group. */
const fewRows = 1000;

/**
 * Reads a task's files once and checks the form of every row, keeping few examples, so that bad data stops a suite before its first
 * run. A search alone reads the training file only.
 *
 * @throws TaskError naming file, line and what is wrong
 */
export async function taskFiles(
  data: TaskData,
  task: Task,
  searchOnly: boolean,
  onProgress?: (bytes: number, totalBytes: number) => void,
): Promise<TaskFiles> {
  const one = { examples: 1, permutation: (count: number) => Array.from({ length: count }, (_, index) => index) };
  const reader = await taskReader(task, data.directory, onProgress);
  const { train, evaluations } = searchOnly
    ? { ...(await loadTask(reader, { limit: fewRows, holdOut: one })), evaluations: [] }
    : await loadTask(reader, { limit: 1, evalLimit: 1 });
  return {
    train: digestsOf([train]),
    evaluations: digestsOf(evaluations),
    rows: { train: train.file.rows, evaluations: evaluations.map(({ file }) => file.rows) },
  };
}

const digestsOf = (splits: readonly Split[]): FileDigests =>
  Object.fromEntries(splits.map(({ name, file }) => [name, file.sha256]));

/** Rows of GLUE's release, where the files are not there yet. */
export function officialRows({ evaluations, ...task }: Task): TaskRows {
  const { splits = {} } = task as Partial<GlueTask>;
  return {
    train: splits.train?.officialRows ?? 0,
    evaluations: evaluations.map((name) => splits[name]?.officialRows ?? 0),
  };
}

/** Examples that a run trains on, of a file with so many usable rows. */
export function trainExamples(rows: number, { protocol, limit, validation }: RunOptions): number {
  const left = protocol === "tuned" ? rows - heldOutRows(rows, validation) : rows;
  return Math.min(left, limit ?? left);
}

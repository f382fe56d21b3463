import type { Task } from "../task.js";
import { type HoldOut, holdOut, poolSize } from "./hold-out.js";
import type { Split } from "./split.js";

/** A task's data, ready to train and evaluate on. */
export interface LoadedTask {
  readonly task: Task;
  /** What the data are: `glue`, `sample`, or `table` for rows of one's own. */
  readonly source: "glue" | "sample" | "table";
  readonly train: Split;
  /** The splits that it is scored on. Where training examples are held out, `validation` alone. */
  readonly evaluations: readonly Split[];
  /** Remarks that a reader of the scores needs, one sentence each: subsets, samples, dropped rows, an absent split. */
  readonly notices: readonly string[];
}

export interface LoadOptions {
  /** Train on a fixed random sample of this many rows. */
  readonly limit?: number | undefined;
  /** Evaluate each split on a fixed random sample of this many rows. */
  readonly evalLimit?: number | undefined;
  /** Evaluate on training examples that are held out, and read no other split. */
  readonly holdOut?: HoldOut | undefined;
}

/** Where a task's rows come from: what a package that reads a kind of data gives. */
export interface TaskReader {
  readonly task: Task;
  /** As in {@link LoadedTask}. */
  readonly source: LoadedTask["source"];
  /** What a reader of any score on these data must know, one sentence each. */
  readonly notices: readonly string[];
  /** The splits that the task is scored on and that are there. */
  readonly evaluations: readonly string[];
  /** Reads a split; every row is checked, and a fixed random sample of at most `limit` is kept. */
  read(split: string, limit: number | undefined): Promise<Split>;
}

/**
 * Reads a task's training and evaluation splits.
 * @throws what the reader throws; {TaskError} `E_TASK_LIMIT` where too many rows are held out
 */
export async function loadTask(reader: TaskReader, options: LoadOptions = {}): Promise<LoadedTask> {
  const { task, source } = reader;
  const { limit } = options;
  if (options.holdOut === undefined) {
    const train = await reader.read("train", limit);
    const { evaluations, notices } = await loadEvaluations(reader, options);
    const all = [...reader.notices, ...noticesOf(task, train), ...limitNotice(task, train), ...notices];
    return { task, source, train, evaluations, notices: [...new Set(all)] };
  }
  const pool = await reader.read("train", poolSize(limit, options.holdOut));
  const { train, validation } = holdOut(pool, task, limit, options.holdOut);
  const [held, trained] = [count(validation.examples.length), count(train.examples.length)];
  const notice = `${task.title}: each seed holds out ${held} training rows to choose by and trains on ${trained} others.`;
  const notices = [...reader.notices, ...noticesOf(task, pool), notice];
  return { task, source, train, evaluations: [validation], notices };
}

/** Reads the splits that a task is scored on. @throws what the reader throws */
export async function loadEvaluations(
  reader: TaskReader,
  { evalLimit }: Pick<LoadOptions, "evalLimit"> = {},
): Promise<Pick<LoadedTask, "evaluations" | "notices">> {
  const { task } = reader;
  const evaluations: Split[] = [];
  for (const name of reader.evaluations) evaluations.push(await reader.read(name, evalLimit));
  const notices = [...reader.notices, ...evaluations.flatMap((split) => noticesOf(task, split))];
  notices.push(...evaluations.flatMap((split) => limitNotice(task, split)));
  const absent = task.evaluations.filter((name) => !reader.evaluations.includes(name));
  if (absent.length > 0)
    notices.push(`${task.title}: ${absent.join(", ")} is absent, so only ${reader.evaluations.join(", ")} is scored.`);
  return { evaluations, notices };
}

/** What a reader must know of the files. */
function noticesOf(task: Task, { name, dropped, file }: Split): string[] {
  const notices: string[] = [];
  if (file.officialRows !== null && file.rows < file.officialRows) {
    const of = `${count(file.rows)} of the official ${count(file.officialRows)} rows`;
    notices.push(`${task.title} ${name} is a subset: ${of}.`);
  }
  if (dropped > 0) notices.push(`${task.title} ${name}: ${count(dropped)} rows with a missing field were dropped.`);
  return notices;
}

function limitNotice(task: Task, { name, examples, file }: Split): string[] {
  if (examples.length >= file.rows) return [];
  const of = `${count(examples.length)} of ${count(file.rows)} rows`;
  return [`${task.title} ${name} is limited to a fixed sample of ${of}.`];
}

function count(rows: number): string {
  return rows.toLocaleString("en-US");
}

/** Data of some tasks whose files were found. */
export interface TaskData {
  /** Where the files are. */
  readonly directory: string;
  readonly source: "directory" | "cache";
  reader(task: Task): Promise<TaskReader>;
}

import { GlueError } from "../errors.js";
import type { SplitName, Task } from "../task.js";
import { readDeclaration } from "./declaration.js";
import { type HoldOut, holdOut, poolSize } from "./hold-out.js";
import { hasSplit } from "./locate.js";
import { loadSplit, type Split } from "./split.js";

/** A task's data, ready to train and evaluate on. */
export interface LoadedTask {
  readonly task: Task;
  /** `sample` where a `dataset.json` says that the data are not GLUE. */
  readonly source: "glue" | "sample";
  readonly train: Split;
  /** `dev`; for MNLI `dev_matched` and, where present, `dev_mismatched`. Where training examples are held out, `validation` alone. */
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

/**
 * Reads a task's training and evaluation splits from a directory in the official layout.
 * @throws {GlueError} as `loadSplit`; `E_GLUE_SPLIT` for AX, which has nothing to train on; `E_GLUE_DATA` for a
 * `dataset.json` that cannot be understood; `E_GLUE_LIMIT` where too many rows are held out.
 */
export async function loadTask(directory: string, task: Task, options: LoadOptions = {}): Promise<LoadedTask> {
  if (task.splits.train === undefined) {
    const remedy = 'train on mnli and read its predictions with loadSplit(directory, ax, "diagnostic")';
    throw new GlueError("E_GLUE_SPLIT", `${task.title} has no training data`, { remedy });
  }
  const { limit } = options;
  if (options.holdOut === undefined) {
    const { source, splits, notices } = await loadNamed(directory, task, ["train"], limit);
    const { evaluations, notices: others } = await loadEvaluations(directory, task, options);
    const all = [...notices, ...splits.flatMap((split) => limitNotice(task, split)), ...others];
    return { task, source, train: splits[0]!, evaluations, notices: [...new Set(all)] };
  }
  const { source, splits, notices } = await loadNamed(directory, task, ["train"], poolSize(limit, options.holdOut));
  const { train, validation } = holdOut(splits[0]!, task, limit, options.holdOut);
  const [held, trained] = [count(validation.examples.length), count(train.examples.length)];
  notices.push(
    `${task.title}: each seed holds out ${held} training rows to choose by and trains on ${trained} others.`,
  );
  return { task, source, train, evaluations: [validation], notices };
}

/** Reads the splits that a task is scored on. @throws {GlueError} as `loadTask` */
export async function loadEvaluations(
  directory: string,
  task: Task,
  { evalLimit }: Pick<LoadOptions, "evalLimit"> = {},
): Promise<Pick<LoadedTask, "evaluations" | "notices">> {
  const isAbsent = (name: SplitName) => task.splits[name]?.optional && !hasSplit(directory, task, name);
  const absent = task.evaluations.filter(isAbsent);
  const there = task.evaluations.filter((name) => !isAbsent(name));
  const { splits, notices } = await loadNamed(directory, task, there, evalLimit);
  notices.push(...splits.flatMap((split) => limitNotice(task, split)));
  if (absent.length > 0)
    notices.push(`${task.title}: ${absent.join(", ")} is absent, so only the matched score is computed.`);
  return { evaluations: splits, notices };
}

async function loadNamed(directory: string, task: Task, names: readonly SplitName[], limit: number | undefined) {
  const declaration = await readDeclaration(directory);
  const splits: Split[] = [];
  for (const name of names) {
    const split = await loadSplit(directory, task, name, { limit });
    splits.push(declaration === undefined ? split : { ...split, file: { ...split.file, officialRows: null } });
  }
  const notices = splits.flatMap((split) => noticesOf(task, split));
  if (declaration !== undefined) notices.unshift(declaration.notice);
  return { source: declaration?.source ?? ("glue" as const), splits, notices };
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

import { GlueError } from "../errors.js";
import type { SplitName, Task } from "../task.js";
import { readDeclaration } from "./declaration.js";
import { hasSplit } from "./locate.js";
import { loadSplit, type Split } from "./split.js";

/** A task's data, ready to train and evaluate on. */
export interface LoadedTask {
  readonly task: Task;
  /** `sample` where a `dataset.json` says that the data are not GLUE. */
  readonly source: "glue" | "sample";
  readonly train: Split;
  /** `dev`; for MNLI `dev_matched` and, where present, `dev_mismatched`. */
  readonly evaluations: readonly Split[];
  /** Remarks that a reader of the scores needs, one sentence each: subsets, samples, dropped rows, an absent split. */
  readonly notices: readonly string[];
}

export interface LoadOptions {
  /** Train on a fixed random sample of this many rows. */
  readonly limit?: number | undefined;
  /** Evaluate each split on a fixed random sample of this many rows. */
  readonly evalLimit?: number | undefined;
}

/**
 * Reads a task's training and evaluation splits from a directory in the official layout.
 * @throws {GlueError} as `loadSplit`; `E_GLUE_SPLIT` for AX, which has nothing to train on; `E_GLUE_DATA` for a
 * `dataset.json` that cannot be understood.
 */
export async function loadTask(directory: string, task: Task, options: LoadOptions = {}): Promise<LoadedTask> {
  if (task.splits.train === undefined) {
    const remedy = 'train on mnli and read its predictions with loadSplit(directory, ax, "diagnostic")';
    throw new GlueError("E_GLUE_SPLIT", `${task.title} has no training data`, { remedy });
  }
  const declaration = await readDeclaration(directory);
  const load = async (name: SplitName, limit: number | undefined): Promise<Split> => {
    const split = await loadSplit(directory, task, name, { limit });
    return declaration === undefined ? split : { ...split, file: { ...split.file, officialRows: null } };
  };
  const train = await load("train", options.limit);
  const evaluations: Split[] = [];
  const absent: SplitName[] = [];
  for (const name of task.evaluations) {
    if (task.splits[name]?.optional && !hasSplit(directory, task, name)) absent.push(name);
    else evaluations.push(await load(name, options.evalLimit));
  }
  const notices = [train, ...evaluations].flatMap((split) => noticesOf(task, split));
  if (declaration !== undefined) notices.unshift(declaration.notice);
  if (absent.length > 0)
    notices.push(`${task.title}: ${absent.join(", ")} is absent, so only the matched score is computed.`);
  return { task, source: declaration?.source ?? "glue", train, evaluations, notices };
}

function noticesOf(task: Task, { name, examples, dropped, file }: Split): string[] {
  const notices: string[] = [];
  if (file.officialRows !== null && file.rows < file.officialRows) {
    const of = `${count(file.rows)} of the official ${count(file.officialRows)} rows`;
    notices.push(`${task.title} ${name} is a subset: ${of}.`);
  }
  if (dropped > 0) notices.push(`${task.title} ${name}: ${count(dropped)} rows with a missing field were dropped.`);
  if (examples.length < file.rows) {
    notices.push(
      `${task.title} ${name} is limited to a fixed sample of ${count(examples.length)} of ${count(file.rows)} rows.`,
    );
  }
  return notices;
}

function count(rows: number): string {
  return rows.toLocaleString("en-US");
}

import { TaskError, type TaskReader } from "@petl/task";
import type { GlueTask } from "../task.js";
import { readDeclaration } from "./declaration.js";
import { hasSplit } from "./locate.js";
import { loadSplit } from "./split.js";

/**
 * A reader of a task's splits in a directory in the official layout; its source is `sample` where a `dataset.json` says that the data
 * are not GLUE.
 *
 * @throws {TaskError} `E_TASK_SPLIT` for AX, which has nothing to train on; `E_TASK_DATA` for a `dataset.json` that cannot be
 * understood. Reading a split throws as `loadSplit`.
 */
export async function glueReader(directory: string, task: GlueTask): Promise<TaskReader> {
  if (task.splits.train === undefined) {
    const remedy = 'train on mnli and read its predictions with loadSplit(directory, ax, "diagnostic")';
    throw new TaskError("E_TASK_SPLIT", `${task.title} has no training data`, { remedy });
  }
  const declaration = await readDeclaration(directory);
  const isThere = (name: string) => !task.splits[name]?.optional || hasSplit(directory, task, name);
  return {
    task,
    source: declaration?.source ?? "glue",
    notices: declaration === undefined ? [] : [declaration.notice],
    evaluations: task.evaluations.filter(isThere),
    async read(name, limit) {
      const split = await loadSplit(directory, task, name, { limit });
      return declaration === undefined ? split : { ...split, file: { ...split.file, officialRows: null } };
    },
  };
}

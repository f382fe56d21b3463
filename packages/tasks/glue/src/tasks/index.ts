import { nearest, TaskError } from "@petl/task";
import type { GlueTask } from "../task.js";
import { ax } from "./ax.js";
import { cola } from "./cola.js";
import { mnli } from "./mnli.js";
import { mrpc } from "./mrpc.js";
import { qnli } from "./qnli.js";
import { qqp } from "./qqp.js";
import { rte } from "./rte.js";
import { sst2 } from "./sst2.js";
import { stsb } from "./stsb.js";
import { wnli } from "./wnli.js";

/** The nine tasks of the overall score, in GLUE's order. */
export const glueTasks: readonly GlueTask[] = [cola, sst2, mrpc, qqp, stsb, mnli, qnli, rte, wnli];

/** The nine tasks and the diagnostic set. */
export const allTasks: readonly GlueTask[] = [...glueTasks, ax];

/**
 * The task of that name; case, dashes and underscores do not matter (`SST-2` is `sst2`).
 * @throws {TaskError} `E_TASK_UNKNOWN`, naming the nearest task.
 */
export function findTask(name: string): GlueTask {
  const wanted = name.toLowerCase().replace(/[-_]/g, "");
  const task = allTasks.find((each) => each.name === wanted);
  if (task !== undefined) return task;
  const names = allTasks.map((each) => each.name);
  throw new TaskError("E_TASK_UNKNOWN", "unknown task", {
    expected: `one of ${names.join(", ")}`,
    got: `"${name}"`,
    remedy: `did you mean "${nearest(wanted, names)}"?`,
  });
}

export { glue } from "./collection.js";
export { ax, cola, mnli, mrpc, qnli, qqp, rte, sst2, stsb, wnli };

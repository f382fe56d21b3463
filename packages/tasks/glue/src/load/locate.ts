import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { nearest, TaskError } from "@petl/task";
import type { GlueTask, PairSelection, SplitLayout } from "../task.js";

/** The file to read for a split, and the selection of its rows if it is cut out of a larger one (paths resolved). */
export interface Located {
  readonly file: string;
  readonly selection?: PairSelection;
}

/**
 * Finds a split's file below a directory in the official layout.
 * @throws {TaskError} `E_TASK_FILE_MISSING`, listing what was looked for and the nearest folder.
 */
export function locate(directory: string, task: GlueTask, layout: SplitLayout): Located {
  const found = find(directory, task, layout);
  if (found !== undefined) return found;
  const folder = join(directory, task.folder);
  const { selection } = layout;
  const built = selection === undefined ? "" : ` (or ${selection.file} with ${selection.pairs})`;
  throw new TaskError("E_TASK_FILE_MISSING", `${task.title} is not there`, {
    file: join(folder, layout.files[0]!),
    expected: `${layout.files.join(" or ")}${built} in ${folder}`,
    got: describe(directory, task.folder),
    remedy: "give the directory that holds one folder a task, named as in the official release",
  });
}

/** Whether the files of a split are below the directory. */
export function hasSplit(directory: string, task: GlueTask, name: string): boolean {
  const layout = task.splits[name];
  return layout !== undefined && find(directory, task, layout) !== undefined;
}

function find(directory: string, task: GlueTask, layout: SplitLayout): Located | undefined {
  const folder = join(directory, task.folder);
  const file = layout.files.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (file !== undefined) return { file };
  if (layout.selection === undefined) return undefined;
  const selection = {
    ...layout.selection,
    file: join(folder, layout.selection.file),
    pairs: join(folder, layout.selection.pairs),
  };
  return existsSync(selection.file) && existsSync(selection.pairs) ? { file: selection.file, selection } : undefined;
}

function describe(directory: string, folder: string): string {
  if (!existsSync(directory)) return `no directory ${directory}`;
  if (existsSync(join(directory, folder))) return `only ${list(join(directory, folder)) || "an empty folder"}`;
  const near = nearest(folder, readdirSync(directory));
  return near === undefined ? "an empty directory" : `no folder "${folder}" (nearest: "${near}")`;
}

function list(folder: string): string {
  return readdirSync(folder).slice(0, 10).join(", ");
}

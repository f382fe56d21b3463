import { existsSync } from "node:fs";
import { missingSplits } from "./download/cache.js";
import { type DownloadOptions, downloadTask } from "./download/download.js";
import { GlueError } from "./errors.js";
import { locate } from "./load/locate.js";
import { type LoadedTask, type LoadOptions, loadTask } from "./load/task.js";
import type { Task } from "./task.js";

export interface OpenOptions extends DownloadOptions {
  /** A directory in the official layout, or `auto`: the cache, filled by download where a task is missing. */
  readonly data: string;
  /** The tasks that will be loaded; all are checked now, before anything runs. */
  readonly tasks: readonly Task[];
}

/** GLUE data whose files were found. */
export interface GlueData {
  /** Directory in the official layout. */
  readonly directory: string;
  readonly source: "directory" | "cache";
  load(task: Task, options?: LoadOptions): Promise<LoadedTask>;
}

/**
 * Finds the data directory, downloading if asked, and checks that every task's files are there.
 * @throws {GlueError} `E_GLUE_DATA`, `E_GLUE_FILE_MISSING`, or what `downloadTask` throws.
 */
export async function openGlue({ data, tasks, ...download }: OpenOptions): Promise<GlueData> {
  if (data !== "auto") return openDirectory(data, tasks);
  let directory = "";
  for (const task of tasks) ({ directory } = await downloadTask(task, download));
  return glueData(directory, "cache");
}

function openDirectory(directory: string, tasks: readonly Task[]): GlueData {
  if (!existsSync(directory)) {
    const remedy = "pass a directory that holds one folder a task, or --data auto to download";
    throw new GlueError("E_GLUE_DATA", "no such data directory", { file: directory, remedy });
  }
  for (const task of tasks) {
    for (const name of missingSplits(directory, task)) locate(directory, task, task.splits[name]!);
  }
  return glueData(directory, "directory");
}

function glueData(directory: string, source: GlueData["source"]): GlueData {
  return { directory, source, load: (task, options) => loadTask(directory, task, options) };
}

import { existsSync } from "node:fs";
import { type TaskData, TaskError } from "@petl/task";
import { missingSplits } from "./download/cache.js";
import { type DownloadOptions, downloadTask } from "./download/download.js";
import { locate } from "./load/locate.js";
import { glueReader } from "./load/task.js";
import type { GlueTask } from "./task.js";

export interface OpenOptions extends DownloadOptions {
  /** A directory in the official layout, or `auto`: the cache, filled by download where a task is missing. */
  readonly data: string;
  /** The tasks that will be loaded; all are checked now, before anything runs. */
  readonly tasks: readonly GlueTask[];
}

/**
 * Finds the data directory, downloading if asked, and checks that every task's files are there.
 * @throws {TaskError} `E_TASK_DATA`, `E_TASK_FILE_MISSING`, or what `downloadTask` throws.
 */
export async function openGlue({ data, tasks, ...download }: OpenOptions): Promise<TaskData> {
  if (data !== "auto") return openDirectory(data, tasks);
  let directory = "";
  for (const task of tasks) ({ directory } = await downloadTask(task, download));
  return glueData(directory, "cache");
}

function openDirectory(directory: string, tasks: readonly GlueTask[]): TaskData {
  if (!existsSync(directory)) {
    const remedy = "pass a directory that holds one folder a task, or --data auto to download";
    throw new TaskError("E_TASK_DATA", "no such data directory", { file: directory, remedy });
  }
  for (const task of tasks) {
    for (const name of missingSplits(directory, task)) locate(directory, task, task.splits[name]!);
  }
  return glueData(directory, "directory");
}

function glueData(directory: string, source: TaskData["source"]): TaskData {
  return { directory, source, reader: (task) => glueReader(directory, task as GlueTask) };
}

import { dirname } from "node:path";
import { type GlueTask, glueReader } from "@petl/glue";
import { isTableTask, type TableTask, tableReader } from "@petl/table-tasks";
import type { Task, TaskData, TaskReader } from "@petl/task";

/** The reader of a task's rows: of its tables, or of GLUE's files below a directory. */
export async function taskReader(
  task: Task,
  directory: string,
  onProgress?: (bytes: number, totalBytes: number) => void,
): Promise<TaskReader> {
  return isTableTask(task) ? tableReader(task, onProgress) : glueReader(directory, task as GlueTask);
}

/** Where a task's files are. */
export const taskDirectory = (task: Task, data: TaskData): string =>
  isTableTask(task) ? tableDirectory(task) : data.directory;

/** That of its training rows. */
export const tableDirectory = ({ files }: TableTask): string => dirname(files.train![0]!);

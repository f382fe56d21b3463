import type { GlueData, Task } from "@petl/glue";

/** SHA-256 of the files a task's runs read, by split: what makes two data directories the same. */
export type TaskFiles = Readonly<Record<string, string>>;

/**
 * Reads a task's files once and checks every row, keeping one example, so that bad data stops a suite before its first run.
 *
 * @throws GlueError naming file, line and what is wrong
 */
export async function taskFiles(data: GlueData, task: Task): Promise<TaskFiles> {
  const { train, evaluations } = await data.load(task, { limit: 1, evalLimit: 1 });
  return Object.fromEntries([train, ...evaluations].map(({ name, file }) => [name, file.sha256]));
}

import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { defaultCacheDir, type GlueTask, isGlueTask, type OpenOptions, openGlue } from "@petl/glue";
import { sampleFolder, sampleNotice, writeSample } from "@petl/glue-sample";
import { isUnreachable } from "@petl/network";
import { isTableTask } from "@petl/table-tasks";
import { type Task, type TaskData, TaskError } from "@petl/task";
import { BenchError } from "../errors.js";
import { tableDirectory, taskReader } from "./task-reader.js";

export type DataDownload = Pick<OpenOptions, "cacheDir" | "onProgress" | "onWait" | "signal" | "baseUrl" | "timeoutMs">;

export interface OpenedData {
  readonly data: TaskData;
  /** Why the data are not GLUE, if they are not. One sentence each. */
  readonly notices: readonly string[];
}

/** Whether a suite's `data` is a word for where GLUE's rows come from, and no directory. */
export const isDataWord = (data: string): boolean => ["auto", "sample", "hf"].includes(data);

/**
 * Finds a suite's data: a directory; `sample`, the built-in sample; or `auto`, GLUE from the cache, else downloaded (these
 * tasks only), else, where the host cannot be reached, the sample. One source serves all tasks: scores of both are never mixed. A
 * download that fails otherwise is an error, so that nobody takes scores on the sample for those on GLUE.
 *
 * @throws BenchError E_DATA_INVALID for a file; {TaskError} what `openGlue` throws but for a host that cannot be reached; `E_TASK_CACHE` where the sample cannot be written
 */
export async function openData(data: string, all: readonly Task[], download: DataDownload = {}): Promise<OpenedData> {
  const tasks = all.filter(isGlueTask);
  if (tasks.length === 0 && all.length > 0) return { data: ownTables(all), notices: [] };
  if (data === "sample") return openSample(tasks, download);
  if (data !== "auto") {
    checkDataDirectory(data);
    return { data: await openGlue({ data, tasks }), notices: [] };
  }
  try {
    return { data: await openGlue({ data, tasks, ...download }), notices: [] };
  } catch (error) {
    if (!(error instanceof TaskError) || error.code !== "E_TASK_DOWNLOAD" || !isUnreachable(error)) throw error;
    const why = error.message.replace(/; [^;]*$/, "");
    return openSample(tasks, download, `GLUE is not in the cache and its host cannot be reached: ${why}. `);
  }
}

/** The tables of tasks of one's own. */
function ownTables(tasks: readonly Task[]): TaskData {
  const [first] = tasks.filter(isTableTask);
  const directory = tableDirectory(first!);
  return { directory, source: "directory", reader: (task) => taskReader(task, directory) };
}

/** Refuses a file where a directory in GLUE's layout belongs. @throws BenchError E_DATA_INVALID */
export function checkDataDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true) return;
  throw new BenchError(
    "E_DATA_INVALID",
    `data ${path}: expected a directory in GLUE's layout (such as SST-2/train.tsv and SST-2/dev.tsv), got a file`,
  );
}

async function openSample(tasks: readonly GlueTask[], { cacheDir }: DataDownload, why = ""): Promise<OpenedData> {
  const folder = join(dirname(cacheDir ?? defaultCacheDir()), "glue-sample", sampleFolder());
  await writeSample(folder).catch((cause: Error) => {
    const remedy = "set PETL_CACHE to a directory that can be written";
    throw new TaskError("E_TASK_CACHE", `the sample cannot be written (${cause.message})`, {
      file: folder,
      remedy,
      cause,
    });
  });
  const notice = `${why}The data are the ${sampleNotice}; --data DIR takes files of your own.`;
  return { data: await openGlue({ data: folder, tasks }), notices: [notice] };
}

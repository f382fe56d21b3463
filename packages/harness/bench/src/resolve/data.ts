import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { defaultCacheDir, type GlueData, GlueError, type OpenOptions, openGlue, type Task } from "@petl/glue";
import { sampleFolder, sampleNotice, writeSample } from "@petl/glue-sample";
import { BenchError } from "../errors.js";

export type DataDownload = Pick<OpenOptions, "cacheDir" | "onProgress" | "signal" | "baseUrl" | "timeoutMs">;

export interface OpenedData {
  readonly data: GlueData;
  /** Why the data are not GLUE, if they are not. One sentence each. */
  readonly notices: readonly string[];
}

/**
 * Finds a suite's data: a directory; `sample`, the built-in sample; or `auto`, GLUE from the cache, else downloaded (these
 * tasks only), else, where a download fails, the sample. One source serves all tasks: scores of both are never mixed.
 *
 * @throws BenchError E_DATA_INVALID for a file; {GlueError} what `openGlue` throws but for a failed download; `E_GLUE_CACHE` where the sample cannot be written
 */
export async function openData(data: string, tasks: readonly Task[], download: DataDownload = {}): Promise<OpenedData> {
  if (data === "sample") return openSample(tasks, download);
  if (data !== "auto") {
    checkDataDirectory(data);
    return { data: await openGlue({ data, tasks }), notices: [] };
  }
  try {
    return { data: await openGlue({ data, tasks, ...download }), notices: [] };
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return openSample(tasks, download, `GLUE is not at hand: ${error.message.replace(/; [^;]*$/, "")}. `);
  }
}

/** Refuses a file where a directory in GLUE's layout belongs. @throws BenchError E_DATA_INVALID */
export function checkDataDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true) return;
  throw new BenchError(
    "E_DATA_INVALID",
    `data ${path}: expected a directory in GLUE's layout (such as SST-2/train.tsv and SST-2/dev.tsv), got a file`,
  );
}

/** Off line, refused, cut, or answered by something that is not GLUE's host, as on a network that asks for a login. */
function isUnreachable(error: unknown): error is GlueError {
  return error instanceof GlueError && (error.code === "E_GLUE_DOWNLOAD" || error.code === "E_GLUE_ARCHIVE");
}

async function openSample(tasks: readonly Task[], { cacheDir }: DataDownload, why = ""): Promise<OpenedData> {
  const folder = join(dirname(cacheDir ?? defaultCacheDir()), "glue-sample", sampleFolder());
  await writeSample(folder).catch((cause: Error) => {
    const remedy = "set PETL_CACHE to a directory that can be written";
    throw new GlueError("E_GLUE_CACHE", `the sample cannot be written (${cause.message})`, {
      file: folder,
      remedy,
      cause,
    });
  });
  const notice = `${why}The data are the ${sampleNotice}; --data DIR takes files of your own.`;
  return { data: await openGlue({ data: folder, tasks }), notices: [notice] };
}

import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { makeDirectory } from "@petl/files";
import { GlueError } from "../errors.js";
import { hasSplit } from "../load/locate.js";
import { loadSplit } from "../load/split.js";
import type { Task } from "../task.js";
import { defaultCacheDir, missingSplits } from "./cache.js";
import { type FileProgress, fetchFile } from "./fetch-file.js";
import { unpack } from "./unpack.js";

export interface DownloadProgress extends FileProgress {
  readonly task: Task;
  /** The address that is being read. */
  readonly url: string;
}

export interface DownloadOptions {
  /** Directory that receives one folder a task; default {@link defaultCacheDir}. */
  readonly cacheDir?: string | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Host of the official paths, for a mirror; default `https://dl.fbaipublicfiles.com/`. */
  readonly baseUrl?: string | undefined;
  /** Longest wait for a server's answer, in milliseconds; default 5,000. */
  readonly timeoutMs?: number | undefined;
}

/** One file that was downloaded; `origin.json` in the task's folder keeps them. */
export interface Origin {
  readonly url: string;
  readonly sha256: string;
}

export interface Download {
  /** The directory in the official layout that has the task. */
  readonly directory: string;
  /** False where the cache already had the task. */
  readonly downloaded: boolean;
}

const officialHost = "https://dl.fbaipublicfiles.com/";

/**
 * Downloads a task into the cache unless it is there, unpacks it and checks every row.
 *
 * The folder appears whole; a broken download resumes where it stopped.
 *
 * @throws {GlueError} `E_GLUE_DOWNLOAD` (off line, refused, cut), `E_GLUE_ARCHIVE` (damaged, another task's),
 * `E_GLUE_CACHE` (disk full or read-only), or what `loadSplit` throws for the contents. The caller's own abort passes through.
 */
export async function downloadTask(task: Task, options: DownloadOptions = {}): Promise<Download> {
  const directory = options.cacheDir ?? defaultCacheDir();
  if (missingSplits(directory, task).length === 0) return { directory, downloaded: false };
  const incoming = join(directory, ".incoming", task.folder);
  const staging = join(directory, ".incoming", `${task.folder}-${process.pid}`);
  try {
    const origins = await fetchAll(task, incoming, options, directory);
    await rm(staging, { recursive: true, force: true });
    await place(task, incoming, join(staging, task.folder));
    await check(task, staging);
    await writeFile(join(staging, task.folder, "origin.json"), `${JSON.stringify({ files: origins }, null, 2)}\n`);
    await publish(
      join(staging, task.folder),
      join(directory, task.folder),
      () => missingSplits(directory, task).length === 0,
    );
  } catch (error) {
    if (error instanceof GlueError && error.code !== "E_GLUE_DOWNLOAD")
      await rm(incoming, { recursive: true, force: true });
    throw options.signal?.aborted ? error : explain(error, directory);
  } finally {
    await rm(staging, { recursive: true, force: true }).catch(() => {}); // the error above is the one to report
  }
  await rm(incoming, { recursive: true, force: true });
  return { directory, downloaded: true };
}

async function fetchAll(task: Task, incoming: string, options: DownloadOptions, directory: string): Promise<Origin[]> {
  const origins: Origin[] = [];
  for (const address of task.download) {
    const url = new URL(address.path, options.baseUrl ?? officialHost).href;
    const file = join(incoming, address.saveAs ?? basename(address.path));
    if (!existsSync(file)) {
      const onProgress = (progress: FileProgress) => options.onProgress?.({ task, url, ...progress });
      const { signal, timeoutMs = 5000 } = options;
      await fetchFile(url, file, { signal, timeoutMs, onProgress }).catch((cause) => {
        throw signal?.aborted || isFileSystemError(cause) ? cause : downloadError(task, url, directory, cause);
      });
    }
    origins.push({ url, sha256: await sha256Of(file) });
  }
  return origins;
}

async function place(task: Task, incoming: string, folder: string): Promise<void> {
  makeDirectory(folder);
  for (const address of task.download) {
    const file = join(incoming, address.saveAs ?? basename(address.path));
    if (address.saveAs === undefined) await unpack(task, file, folder);
    else await rename(file, join(folder, address.saveAs));
  }
}

/** Reads every split once: a wrong header, a cut file or a label of another task must not enter the cache. */
async function check(task: Task, directory: string): Promise<void> {
  const missing = missingSplits(directory, task);
  if (missing.length > 0) {
    const got = (await readdir(join(directory, task.folder))).join(", ");
    throw new GlueError("E_GLUE_ARCHIVE", `the download of ${task.title} lacks a split`, {
      expected: missing.join(", "),
      got,
    });
  }
  for (const name of ["train", ...task.evaluations] as const) {
    if (hasSplit(directory, task, name)) await loadSplit(directory, task, name, { limit: 1 });
  }
}

/** Moves the finished folder to its place; another process may have been faster, which is as good. */
async function publish(from: string, to: string, isComplete: () => boolean): Promise<void> {
  if (isComplete()) return;
  await rm(to, { recursive: true, force: true });
  await rename(from, to).catch((error) => {
    if (!isComplete()) throw error;
  });
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

function downloadError(task: Task, url: string, directory: string, cause: unknown): GlueError {
  const error = cause as Error & { cause?: Error & { code?: string } };
  const reason = error.cause?.code ?? error.cause?.message ?? error.message;
  const names = Object.values(task.splits)
    .filter((layout) => layout.optional !== true)
    .map((layout) => layout.files[0]);
  return new GlueError("E_GLUE_DOWNLOAD", `${task.title} could not be downloaded from ${url} (${reason})`, {
    remedy: `run again to resume, or place ${names.join(" and ")} in ${join(directory, task.folder)}, or pass --data DIR`,
    cause,
  });
}

function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === "mkdir") return true; // also ENOENT, as below /proc
  return ["ENOSPC", "EROFS", "EACCES", "EPERM", "ENOTDIR", "EDQUOT"].includes(code ?? "");
}

function explain(error: unknown, directory: string): unknown {
  if (!isFileSystemError(error)) return error;
  const remedy = "free space or set PETL_CACHE to a directory that can be written";
  return new GlueError("E_GLUE_CACHE", `the cache cannot be written (${error.code})`, {
    file: directory,
    remedy,
    cause: error,
  });
}

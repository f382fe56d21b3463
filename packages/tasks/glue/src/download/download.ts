import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync } from "node:fs";
import { readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { LockError, makeDirectory, withLock } from "@petl/files";
import { quote, TaskError } from "@petl/task";
import { hasSplit } from "../load/locate.js";
import { loadSplit } from "../load/split.js";
import type { GlueTask } from "../task.js";
import { defaultCacheDir, missingSplits } from "./cache.js";
import { type FileProgress, fetchFile } from "./fetch-file.js";
import { checkPins, type Origin, writePins } from "./pins.js";
import { unpack } from "./unpack.js";

export interface DownloadProgress extends FileProgress {
  readonly task: GlueTask;
  /** The address that is being read. */
  readonly url: string;
}

export interface DownloadOptions {
  /** Directory that receives one folder a task; default {@link defaultCacheDir}. */
  readonly cacheDir?: string | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Called once, with a sentence, where another process downloads the same task and this one waits. */
  readonly onWait?: ((message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Host of the official paths, for a mirror; default `https://dl.fbaipublicfiles.com/`. */
  readonly baseUrl?: string | undefined;
  /** Longest wait for a server's answer, in milliseconds; default 5,000. */
  readonly timeoutMs?: number | undefined;
}

/** The mark of a folder that was downloaded, with what it came from. */
const originFile = "origin.json";

export interface Download {
  /** The directory in the official layout that has the task. */
  readonly directory: string;
  /** False where the cache already had the task. */
  readonly downloaded: boolean;
}

const officialHost = "https://dl.fbaipublicfiles.com/";

/**
 * Downloads a task into the cache unless it is there, unpacks it and checks every row. One process at a time does so; others wait.
 *
 * The folder appears whole, with the digests of its files and of what they came from in `origin.json`; a broken download resumes where
 * it stopped. What was downloaded once must be the same when it is downloaded again.
 *
 * @throws {TaskError} `E_TASK_DOWNLOAD` (off line, refused, cut), `E_TASK_ARCHIVE` (damaged, another task's, not what it was),
 * `E_TASK_CACHE` (disk full, read-only or locked), or what `loadSplit` throws for the contents. The caller's own abort passes through.
 */
export async function downloadTask(task: GlueTask, options: DownloadOptions = {}): Promise<Download> {
  const directory = options.cacheDir ?? defaultCacheDir();
  const isComplete = () => missingSplits(directory, task).length === 0;
  if (isComplete()) return { directory, downloaded: false };
  const lock = join(directory, ".incoming", `${task.folder}.lock`);
  const { onWait, signal } = options;
  const lockOptions = {
    signal,
    onWait: ({ pid, host }: { pid: number; host: string }) =>
      onWait?.(`waiting for process ${pid} on ${host}, which downloads ${task.title}`),
  };
  const work = async () => {
    if (isComplete()) return { directory, downloaded: false };
    await fill(task, directory, options);
    return { directory, downloaded: true };
  };
  try {
    return await withLock(lock, work, lockOptions);
  } catch (error) {
    throw signal?.aborted ? error : explain(error, directory);
  }
}

async function fill(task: GlueTask, directory: string, options: DownloadOptions): Promise<void> {
  const folder = join(directory, task.folder);
  refuseForeign(task, directory, folder);
  const incoming = join(directory, ".incoming", task.folder);
  const staging = join(directory, ".incoming", `${task.folder}.unpacked`);
  try {
    const files = await fetchAll(task, incoming, options, directory);
    checkPins(task, directory, files);
    await rm(staging, { recursive: true, force: true });
    await place(task, incoming, join(staging, task.folder));
    await check(task, staging);
    const origin = { files, extracted: await digestsOf(join(staging, task.folder)) };
    await writeFile(join(staging, task.folder, originFile), `${JSON.stringify(origin, null, 2)}\n`);
    writePins(task, directory, files);
    await rm(folder, { recursive: true, force: true });
    await rename(join(staging, task.folder), folder);
  } catch (error) {
    if (error instanceof TaskError && error.code !== "E_TASK_DOWNLOAD")
      await rm(incoming, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(staging, { recursive: true, force: true }).catch(() => {}); // the error above is the one to report
  }
  await rm(incoming, { recursive: true, force: true });
}

/** Only a folder that was downloaded is replaced: files placed by hand are the user's. */
function refuseForeign(task: GlueTask, directory: string, folder: string): void {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  if (names.length === 0 || names.includes(originFile)) return;
  throw new TaskError("E_TASK_CACHE", `${task.title} is incomplete and was not downloaded`, {
    file: folder,
    expected: `the splits ${missingSplits(directory, task).join(", ")} as well`,
    got: names.slice(0, 5).map(quote).join(" "),
    remedy: "add what is missing, or move that folder away to download the task",
  });
}

async function digestsOf(folder: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const name of (await readdir(folder)).sort()) digests[name] = await sha256Of(join(folder, name));
  return digests;
}

async function fetchAll(
  task: GlueTask,
  incoming: string,
  options: DownloadOptions,
  directory: string,
): Promise<Origin[]> {
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

async function place(task: GlueTask, incoming: string, folder: string): Promise<void> {
  makeDirectory(folder);
  for (const address of task.download) {
    const file = join(incoming, address.saveAs ?? basename(address.path));
    if (address.saveAs === undefined) await unpack(task, file, folder);
    else await rename(file, join(folder, address.saveAs));
  }
}

/** Reads every split once: a wrong header, a cut file or a label of another task must not enter the cache. */
async function check(task: GlueTask, directory: string): Promise<void> {
  const missing = missingSplits(directory, task);
  if (missing.length > 0) {
    const got = (await readdir(join(directory, task.folder))).join(", ");
    throw new TaskError("E_TASK_ARCHIVE", `the download of ${task.title} lacks a split`, {
      expected: missing.join(", "),
      got,
    });
  }
  for (const name of ["train", ...task.evaluations] as const) {
    if (hasSplit(directory, task, name)) await loadSplit(directory, task, name, { limit: 1 });
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

function downloadError(task: GlueTask, url: string, directory: string, cause: unknown): TaskError {
  const error = cause as Error & { cause?: Error & { code?: string } };
  const reason = error.cause?.code ?? error.cause?.message ?? error.message;
  const names = Object.values(task.splits)
    .filter((layout) => layout.optional !== true)
    .map((layout) => layout.files[0]);
  return new TaskError("E_TASK_DOWNLOAD", `${task.title} could not be downloaded from ${url} (${reason})`, {
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
  if (error instanceof LockError) {
    const remedy = `end that process, or delete ${error.file} if it has ended`;
    return new TaskError("E_TASK_CACHE", error.message, { remedy, cause: error });
  }
  if (!isFileSystemError(error)) return error;
  const remedy = "free space or set PETL_CACHE to a directory that can be written";
  return new TaskError("E_TASK_CACHE", `the cache cannot be written (${error.code})`, {
    file: directory,
    remedy,
    cause: error,
  });
}

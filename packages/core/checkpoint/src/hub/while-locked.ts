import { basename, join } from "node:path";
import { LockError, withLock } from "@petl/files";
import { CheckpointError } from "../error.js";
import { type HubConnection, hubError } from "./connection.js";
import { diskError, isDiskError } from "./disk-error.js";

/**
 * Does some work while no other process of ours downloads the same model into the cache; `onWait` is told, in a sentence, when
 * another one does.
 *
 * @throws CheckpointError E_CACHE_LOCKED, E_WRITE_FAILED, E_CANCELLED; what the work throws
 */
export async function whileLocked<T>(
  cacheDir: string,
  connection: HubConnection,
  onWait: ((message: string) => void) | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { repository, folder, signal } = connection;
  const file = join(cacheDir, ".locks", `${basename(folder)}.petl`);
  try {
    return await withLock(file, work, {
      signal,
      onWait: ({ pid, host }) => onWait?.(`waiting for process ${pid} on ${host}, which downloads hf:${repository}`),
    });
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    if (signal?.aborted) throw hubError(connection, error, repository);
    if (isDiskError(error)) throw diskError(file, error);
    if (!(error instanceof LockError)) throw error;
    throw new CheckpointError("E_CACHE_LOCKED", {
      file: `hf:${repository}`,
      expected: "the process that downloads it to go on",
      got: error.message,
      remedy: `end that process, or delete ${file} if it has ended`,
      cause: error,
    });
  }
}

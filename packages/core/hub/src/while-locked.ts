import { basename, join } from "node:path";
import { LockError, withLock } from "@petl/files";
import { diskError, isDiskError } from "./disk-error.js";
import { HubError } from "./error.js";
import { hubFailure } from "./hub-failure.js";
import type { HubRepository } from "./repository.js";

/**
 * Does some work while no other process of ours downloads the same repository into the cache; `onWait` is told, in a sentence, when
 * another one does.
 *
 * @throws HubError E_CACHE_LOCKED, E_WRITE_FAILED, E_CANCELLED; what the work throws
 */
export async function whileLocked<T>(
  cacheDir: string,
  connection: HubRepository,
  onWait: ((message: string) => void) | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { repository, folder, signal } = connection;
  const file = join(cacheDir, ".locks", `${basename(folder)}.petl`);
  let ofWork: unknown;
  const remembering = async () => {
    try {
      return await work();
    } catch (error) {
      ofWork = error;
      throw error;
    }
  };
  try {
    return await withLock(file, remembering, {
      signal,
      onWait: ({ pid, host }) => onWait?.(`waiting for process ${pid} on ${host}, which downloads hf:${repository}`),
    });
  } catch (error) {
    if (error === ofWork || error instanceof HubError) throw error;
    if (signal?.aborted) throw hubFailure(connection, error, repository);
    if (isDiskError(error)) throw diskError(file, error);
    if (!(error instanceof LockError)) throw error;
    throw new HubError("E_CACHE_LOCKED", {
      file: `hf:${repository}`,
      expected: "the process that downloads it to go on",
      got: error.message,
      remedy: `end that process, or delete ${file} if it has ended`,
      cause: error,
    });
  }
}

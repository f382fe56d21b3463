import { utimesSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { lockHolder, releaseLock, signOfLife, takeLock } from "./lock-file.js";
import { makeDirectory } from "./make-directory.js";
import { hasEnded, type ProcessIdentity, thisProcess } from "./process-identity.js";

export interface LockOptions {
  /** Called once if another process holds the lock, before waiting for it. */
  readonly onWait?: ((holder: ProcessIdentity) => void) | undefined;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /** Longest wait without a sign of life of the holder, in milliseconds; default 120,000. */
  readonly patienceMs?: number | undefined;
}

/** A lock whose holder shows no sign of life, though it has not ended for certain. */
export class LockError extends Error {
  override readonly name = "LockError";
  readonly code = "E_LOCKED";

  constructor(
    readonly file: string,
    readonly holder: ProcessIdentity | null,
    waitedMs: number,
  ) {
    const who = holder === null ? "an unknown process" : `process ${holder.pid} on ${holder.host}`;
    super(`${file}: ${who} holds this lock and has shown no sign of life for ${Math.round(waitedMs / 1000)} s`);
  }
}

const pollMs = 200;
const signOfLifeMs = 5_000;

/**
 * Does some work while this process alone holds a lock, a file with the process in it, whose time shows that the holder lives.
 *
 * Waits while another process holds it, of this or another machine. The lock of a process that has ended is taken over.
 *
 * @throws {LockError} where the holder shows no sign of life; the signal's reason; what the work throws; the file system's error
 */
export async function withLock<T>(file: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  makeDirectory(dirname(file));
  const own = JSON.stringify({ ...thisProcess(), id: crypto.randomUUID() });
  await acquire(file, own, options);
  const release = showLife(file, own);
  try {
    return await work();
  } finally {
    release();
  }
}

/** Lets a lock file's time show that its holder, this process, lives; returns the release. */
export function showLife(file: string, own: string): () => void {
  const life = setInterval(() => touch(file), signOfLifeMs).unref();
  return () => {
    clearInterval(life);
    releaseLock(file, own);
  };
}

async function acquire(file: string, own: string, options: LockOptions): Promise<void> {
  const { onWait, signal, patienceMs = 120_000 } = options;
  let hasSaid = false;
  let seen = "";
  let seenAtMs = performance.now();
  while (!takeLock(file, own)) {
    signal?.throwIfAborted();
    const holder = lockHolder(file);
    if (holder !== null && !hasSaid && !hasEnded(holder)) {
      hasSaid = true;
      onWait?.(holder);
    }
    const life = signOfLife(file);
    if (life !== seen) [seen, seenAtMs] = [life, performance.now()];
    const waitedMs = performance.now() - seenAtMs;
    if (waitedMs > patienceMs) throw new LockError(file, holder, waitedMs);
    await pause(pollMs, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted());
  }
}

function touch(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {} // the holder goes on: the lock is for others, and they see whether it is there
}

import { linkSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
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
/** A takeover is a matter of milliseconds: one this old was cut off. */
const takeoverMs = 10_000;

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
  const life = setInterval(() => touch(file), signOfLifeMs).unref();
  try {
    return await work();
  } finally {
    clearInterval(life);
    if (contents(file) === own) rmSync(file, { force: true });
  }
}

async function acquire(file: string, own: string, options: LockOptions): Promise<void> {
  const { onWait, signal, patienceMs = 120_000 } = options;
  let hasSaid = false;
  let seen = "";
  let seenAtMs = performance.now();
  while (!create(file, own)) {
    signal?.throwIfAborted();
    const holder = readHolder(file);
    if (holder !== null && hasEnded(holder)) {
      if (takeOver(file, own)) return;
    } else if (holder !== null && !hasSaid) {
      hasSaid = true;
      onWait?.(holder);
    }
    const life = `${contents(file)} ${statSync(file, { throwIfNoEntry: false })?.mtimeMs}`;
    if (life !== seen) [seen, seenAtMs] = [life, performance.now()];
    const waitedMs = performance.now() - seenAtMs;
    if (waitedMs > patienceMs) throw new LockError(file, holder, waitedMs);
    await pause(pollMs, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted());
  }
}

/** One process at a time replaces the lock, and only if its holder has still ended when its turn comes. */
function takeOver(file: string, own: string): boolean {
  const turn = `${file}.takeover`;
  if (!create(turn, own)) {
    const begunMs = statSync(turn, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - begunMs > takeoverMs) rmSync(turn, { force: true });
    return false;
  }
  try {
    const holder = readHolder(file);
    if (holder === null || !hasEnded(holder)) return false;
    rmSync(file, { force: true });
    return create(file, own);
  } finally {
    rmSync(turn, { force: true });
  }
}

/** Makes the file with its contents in one step, so that nobody reads a part; false where there is one. */
function create(file: string, own: string): boolean {
  const prepared = `${file}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    writeFileSync(prepared, own, { flag: "wx" });
    linkSync(prepared, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw error;
    return createWithoutLinks(file, own); // such as on exFAT
  } finally {
    rmSync(prepared, { force: true });
  }
}

function createWithoutLinks(file: string, own: string): boolean {
  try {
    writeFileSync(file, own, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function touch(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {} // the holder goes on: the lock is for others, and they see whether it is there
}

function readHolder(file: string): ProcessIdentity | null {
  try {
    return JSON.parse(contents(file) ?? "") as ProcessIdentity;
  } catch {
    return null; // gone, or a part left by a crash on a file system without links
  }
}

function contents(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

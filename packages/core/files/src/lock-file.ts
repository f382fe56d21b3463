import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hasEnded, type ProcessIdentity } from "./process-identity.js";

/** A takeover is a matter of milliseconds: one this old was cut off. */
const takeoverMs = 10_000;

/**
 * Makes a lock file with `own` in it, or takes over one that nobody holds any more; false where it is held.
 *
 * `isFree` judges the process in the file: null where none can be read, as in a part that a crash left. One process at a time replaces a
 * lock, and only if it is still free when its turn comes.
 */
export function takeLock(
  file: string,
  own: string,
  isFree: (holder: ProcessIdentity | null) => boolean = (holder) => holder !== null && hasEnded(holder),
): boolean {
  if (create(file, own)) return true;
  if (!isFree(lockHolder(file))) return false;
  const turn = `${file}.takeover`;
  if (!create(turn, own)) {
    const begunMs = statSync(turn, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - begunMs <= takeoverMs) return false;
    rmSync(turn, { force: true });
    return takeLock(file, own, isFree);
  }
  try {
    if (!isFree(lockHolder(file))) return false;
    rmSync(file, { force: true });
    return create(file, own);
  } finally {
    rmSync(turn, { force: true });
  }
}

/** Removes a lock file if its content is still `own`. */
export function releaseLock(file: string, own: string): void {
  if (lockContent(file) === own) rmSync(file, { force: true });
}

/** The process in a lock file; null where there is none, or only a part left by a crash. */
export function lockHolder(file: string): ProcessIdentity | null {
  try {
    return JSON.parse(lockContent(file) ?? "") as ProcessIdentity;
  } catch {
    return null;
  }
}

/** What changes of a lock file while its holder lives. */
export function signOfLife(file: string): string {
  return `${lockContent(file)} ${statSync(file, { throwIfNoEntry: false })?.mtimeMs}`;
}

export function lockContent(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** Makes the file with its content in one step, so that nobody reads a part; false where there is one. */
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

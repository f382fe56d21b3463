import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { showLife } from "./lock.js";
import { lockContent, lockHolder, signOfLife, takeLock } from "./lock-file.js";
import { makeDirectory } from "./make-directory.js";
import { hasEnded, type ProcessIdentity, thisProcess } from "./process-identity.js";

export interface ClaimOptions {
  /** A name that no two live processes have at the same time, such as a job's: a later process of that name takes the claim over. */
  readonly name?: string | undefined;
  /** What is claimed, in words, for those who look at the file. */
  readonly what?: string | undefined;
  /** How long a holder on another machine may show no sign of life before its claim is taken over, in milliseconds; default 120,000. */
  readonly patienceMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A claim that was got, or who has it. */
export type Claimed =
  | { readonly isOurs: true; readonly release: () => void }
  | { readonly isOurs: false; readonly holder: ProcessIdentity };

type Holder = ProcessIdentity & { readonly name?: string };

const pollMs = 500;

/**
 * Claims something for this process by a file, whose time shows that the process lives; no other gets it until it is released.
 *
 * Unlike a lock it is not waited for: where its holder lives, it is told who that is. The claim of a process that has ended is taken over; of
 * one on another machine only signs of life can be seen, and the wait for the next is up to `patienceMs`. Works on file systems that
 * machines share. @throws the signal's reason; the file system's error
 */
export async function claim(file: string, options: ClaimOptions = {}): Promise<Claimed> {
  const { name, what, patienceMs = 120_000, signal } = options;
  makeDirectory(dirname(file));
  const here = thisProcess();
  const own = JSON.stringify({ ...here, name, what, id: crypto.randomUUID() });
  const isOver = (holder: Holder | null): boolean =>
    holder !== null && (hasEnded(holder) || (name !== undefined && holder.name === name));
  let silent: string | null = null; // the content of a claim whose holder has been silent for too long
  const isFree = (holder: ProcessIdentity | null): boolean => isOver(holder) || lockContent(file) === silent;
  for (;;) {
    signal?.throwIfAborted();
    if (takeLock(file, own, isFree)) return { isOurs: true, release: showLife(file, own) };
    const content = lockContent(file);
    const holder = lockHolder(file);
    if (holder?.host === here.host && holder.space === here.space && !isOver(holder)) return { isOurs: false, holder };
    if (await showsLife(file, content, patienceMs, signal)) {
      const living = lockHolder(file);
      if (living !== null && lockContent(file) === content) return { isOurs: false, holder: living };
    } else silent = content;
  }
}

/** Waits for a change of a lock file; false where there is none for so long. */
async function showsLife(
  file: string,
  content: string | null,
  patienceMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const first = signOfLife(file);
  if (lockContent(file) !== content) return true;
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
    await pause(pollMs, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted());
    if (signOfLife(file) !== first) return true;
  }
  return false;
}

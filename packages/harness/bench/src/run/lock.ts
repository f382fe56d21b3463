import { dirname, join } from "node:path";
import { hasEnded, lockHolder, type ProcessIdentity, releaseLock, takeLock, thisProcess } from "@petl/files";
import { BenchError } from "../errors.js";

/**
 * Locks a directory for this process by a file `.lock` in it; returns the unlocking. The lock of a process that has ended, or a part of
 * one that a crash left, is taken over; one of another machine cannot be judged and holds.
 *
 * @throws BenchError E_OUT_LOCKED where a process that is alive holds it
 */
export function lockDirectory(directory: string): () => void {
  const file = join(directory, ".lock");
  const own = JSON.stringify(thisProcess());
  if (!takeLock(file, own, (holder) => holder === null || hasEnded(holder))) throw lockedError(file, lockHolder(file));
  return () => releaseLock(file, own);
}

function lockedError(file: string, holder: ProcessIdentity | null): BenchError {
  const who = holder === null ? "" : ` (process ${holder.pid} on ${holder.host})`;
  return new BenchError(
    "E_OUT_LOCKED",
    `output directory ${dirname(file)} is in use by another bench${who}; wait for it, pass another --out, or delete ${file} if that process is no bench`,
  );
}

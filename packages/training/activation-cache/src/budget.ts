import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { dirname } from "node:path";

/** Bytes that kept activations may take. */
export interface CacheBudget {
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** A requested budget: bytes in all, or for memory and disk separately; null for the default share of free space. */
export type AskedBudget = number | { readonly [Part in keyof CacheBudget]?: number | undefined } | null;

/** Shares of the free memory and disk space that a cache takes by default. */
const defaultShares = { memory: 0.25, disk: 0.25 };

/**
 * The budget of a run. A total goes to memory up to the default share, the rest to disk; without a directory nothing does.
 */
export async function budgetOf(asked: AskedBudget, directory: string | null): Promise<CacheBudget> {
  const shareBytes = Math.floor(freeMemoryBytes() * defaultShares.memory);
  if (typeof asked === "number") {
    const memoryBytes = directory === null ? asked : Math.min(asked, shareBytes);
    return { memoryBytes, diskBytes: directory === null ? 0 : asked - memoryBytes };
  }
  const freeDiskBytes = directory === null ? 0 : await freeBytesAt(directory);
  return {
    memoryBytes: asked?.memoryBytes ?? shareBytes,
    diskBytes: directory === null ? 0 : (asked?.diskBytes ?? Math.floor(freeDiskBytes * defaultShares.disk)),
  };
}

/** What a process may still take, a container's limit included. */
const freeMemoryBytes = (): number => process.availableMemory?.() ?? freemem();

async function freeBytesAt(path: string): Promise<number> {
  let existing = path;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  return bavail * bsize;
}

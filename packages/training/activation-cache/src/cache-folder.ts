import { open, readdir, rm, rmdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { signature } from "./segment.js";

/** A folder of one kind of entries is named by the kind's digest. */
export const isKindName = (name: string): boolean => /^[0-9a-f]{32}$/.test(name);

/** Name for a new segment file of this process. */
export const segmentName = (): string => `${Date.now()}-${process.pid}.activations`;

/** Names of the segment files in a folder, in order; what else is there is not ours. */
export async function segmentsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /^\d+-\d+\.activations$/.test(name)).sort();
}

/** Removes the segments of one kind, and its folder if nothing else is in it. @throws Error of the file system */
export async function removeKind(folder: string): Promise<void> {
  const names = await segmentsIn(folder).catch(ignoreMissing);
  for (const name of names ?? []) {
    const file = join(folder, name);
    if (await isSegment(file)) await rm(file, { force: true });
  }
  await removeIfEmpty(folder);
}

/**
 * Removes the caches of an output directory's runs (`<directory>/<run>/<kind>/<segment>`): segment files of ours, and folders that
 * are then empty. Anything else stays. @throws Error of the file system
 */
export async function removeActivations(directory: string): Promise<void> {
  for (const run of await foldersIn(directory)) {
    for (const kind of await foldersIn(run)) if (isKindName(basename(kind))) await removeKind(kind);
    await removeIfEmpty(run);
  }
  await removeIfEmpty(directory);
}

async function foldersIn(directory: string): Promise<string[]> {
  const entries = (await readdir(directory, { withFileTypes: true }).catch(ignoreMissing)) ?? [];
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
}

/** Whether a file begins as a segment does, or was cut off before that. */
async function isSegment(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const head = Buffer.alloc(signature.length);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead).equals(signature.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (!["ENOENT", "ENOTDIR", "ENOTEMPTY", "EEXIST"].includes(error.code ?? "")) throw error;
  });
}

function ignoreMissing(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
  throw error;
}

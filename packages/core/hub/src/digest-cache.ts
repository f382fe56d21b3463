import { createHash } from "node:crypto";
import { type BigIntStats, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { makeDirectory, writeWholeSync } from "@petl/files";
import { z } from "zod";

/** A change within this time of the last one may leave the kernel's clock, and so a file's times, as they were. */
const clockStepMs = 100;

const entrySchema = z.object({ path: z.string(), state: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/** Where digests of files are remembered: `$PETL_CACHE/digests`, or `~/.cache/petl-bench/digests`. */
function digestCacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.PETL_CACHE || join(homedir(), ".cache", "petl-bench"), "digests");
}

/**
 * What of a file changes when its contents do: device, inode, size, and the times of its last write and last change in
 * nanoseconds. Programs can set the former time, as `cp -p` does, but not the latter.
 */
export function fileState({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
}

/** The digest remembered for a file in this state; undefined where there is none, or only a damaged entry. */
export function rememberedDigest(path: string, state: string): string | undefined {
  try {
    const entry = entrySchema.parse(JSON.parse(readFileSync(entryFile(path), "utf8")));
    return entry.path === path && entry.state === state ? entry.sha256 : undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a file's digest, one entry a file. A file that changed just now is not remembered. */
export function rememberDigest(path: string, stats: BigIntStats, sha256: string): void {
  if (Date.now() - Number(stats.ctimeNs / 1_000_000n) < clockStepMs) return;
  try {
    makeDirectory(dirname(entryFile(path)));
    writeWholeSync(entryFile(path), `${JSON.stringify({ path, state: fileState(stats), sha256 })}\n`);
  } catch {
    // Without a cache that can be written, only the time to read the file again is lost.
  }
}

function entryFile(path: string): string {
  return join(digestCacheDirectory(), `${createHash("sha256").update(path).digest("hex").slice(0, 32)}.json`);
}

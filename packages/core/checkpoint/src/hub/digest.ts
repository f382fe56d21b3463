import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { openRegular, writeWholeSync } from "@petl/files";
import { z } from "zod";

/** File beside the digested ones that remembers their digests. */
const DIGEST_CACHE_FILE = ".petl-sha256.json";

const cacheSchema = z.record(
  z.string(),
  z.object({ bytes: z.number(), modifiedMs: z.number(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
);
type DigestCache = z.infer<typeof cacheSchema>;

/**
 * SHA-256 of a file in hexadecimal, with its size in bytes.
 *
 * The digest is remembered in `.petl-sha256.json` beside the file and used again while size and modification time stay
 * the same; where that file cannot be written the digest is computed each time.
 */
export async function fileDigest(path: string, signal?: AbortSignal): Promise<{ sha256: string; bytes: number }> {
  const { size: bytes, mtimeMs: modifiedMs } = statSync(path);
  const known = readCache(path)[basename(path)];
  if (known?.bytes === bytes && known.modifiedMs === modifiedMs) return { sha256: known.sha256, bytes };
  const sha256 = await hashFile("sha256", path, "", signal);
  writeCache(path, { ...readCache(path), [basename(path)]: { bytes, modifiedMs, sha256 } });
  return { sha256, bytes };
}

/** Digest in hexadecimal of `prefix` and then the file's bytes. */
export async function hashFile(
  algorithm: "sha1" | "sha256",
  path: string,
  prefix: string,
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash(algorithm).update(prefix);
  const chunks = createReadStream(path, { fd: openRegular(path), highWaterMark: 1 << 20 });
  await pipeline(
    chunks,
    async (source) => {
      for await (const chunk of source) hash.update(chunk as Buffer);
    },
    signal === undefined ? {} : { signal },
  );
  return hash.digest("hex");
}

function cachePath(path: string): string {
  return join(dirname(path), DIGEST_CACHE_FILE);
}

function readCache(path: string): DigestCache {
  try {
    return cacheSchema.parse(JSON.parse(readFileSync(cachePath(path), "utf8")));
  } catch {
    return {}; // absent or damaged: the digests are computed again
  }
}

function writeCache(path: string, cache: DigestCache): void {
  try {
    writeWholeSync(cachePath(path), `${JSON.stringify(cache, null, 1)}\n`);
  } catch {
    // A read-only checkpoint is as good as any; only the time to hash it again is lost.
  }
}

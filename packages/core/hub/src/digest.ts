import { createHash } from "node:crypto";
import { createReadStream, realpathSync, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { checkRegular, FileError, openRegular } from "@petl/files";
import { fileState, rememberDigest, rememberedDigest } from "./digest-cache.js";
import { HubError } from "./error.js";

export interface DigestOptions {
  /** Reads the contents even where a digest is remembered. Default false. */
  readonly verify?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * SHA-256 of a file in hexadecimal, with its size in bytes.
 *
 * The digest is remembered in the project's own cache, never beside the file, and used again while the file's inode, size and times
 * stay the same. @throws HubError E_FILE_MISSING for what is no regular file
 */
export async function fileDigest(
  path: string,
  { verify = false, signal }: DigestOptions = {},
): Promise<{ sha256: string; bytes: number }> {
  refuseOther(path);
  const place = realpathSync(path);
  const stats = statSync(place, { bigint: true });
  const bytes = Number(stats.size);
  const known = verify ? undefined : rememberedDigest(place, fileState(stats));
  if (known !== undefined) return { sha256: known, bytes };
  const sha256 = await hashFile("sha256", place, "", signal);
  if (fileState(statSync(place, { bigint: true })) === fileState(stats)) rememberDigest(place, stats, sha256);
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

/** A device or a pipe may have no end. @throws HubError E_FILE_MISSING */
function refuseOther(file: string): void {
  try {
    checkRegular(file);
  } catch (cause) {
    if (!(cause instanceof FileError)) throw cause;
    const { expected, got } = cause;
    throw new HubError("E_FILE_MISSING", {
      file,
      expected,
      got,
      remedy: "replace it by the file itself",
      cause,
    });
  }
}

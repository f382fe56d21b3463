import { createWriteStream, existsSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { HubApiError, type ListFileEntry } from "@huggingface/hub";
import { makeDirectory } from "@petl/files";
import { NetworkError } from "@petl/network";
import { attempts, type DownloadProgress, hubFetch, isWorthRetrying, pauseBefore } from "./connection.js";
import { hashFile } from "./digest.js";
import { diskError, isDiskError } from "./disk-error.js";
import { HubError, reasonOf } from "./error.js";
import { type HubRepository, pageOf } from "./repository.js";

/** Fewer new bytes than this are no progress: a hub that sends one and closes would go on for ever. */
const progressBytes = 1024;

/** A file as a repository lists it. */
export interface ListedBlob {
  readonly path: string;
  readonly totalBytes: number;
  /** SHA-256 of a large file, git's SHA-1 of a small one, in hexadecimal. */
  readonly digest: string;
  readonly isLarge: boolean;
}

/** What a listing says of a file. @throws HubError E_DOWNLOAD_FAILED where its size or digest is none */
export function listedBlob(connection: HubRepository, { path, size, oid, lfs }: ListFileEntry): ListedBlob {
  const totalBytes = lfs?.size ?? size;
  const digest = lfs?.oid ?? oid ?? "";
  const isDigest = lfs === undefined ? /^[0-9a-f]{40}$/ : /^[0-9a-f]{64}$/;
  if (Number.isSafeInteger(totalBytes) && totalBytes >= 0 && isDigest.test(digest))
    return { path, totalBytes, digest, isLarge: lfs !== undefined };
  throw failed(connection, path, {
    expected: "its size and digest in the list of files",
    got: `size ${totalBytes} and digest "${digest}"`,
    remedy: "check that HF_ENDPOINT is a Hugging Face hub",
  });
}

/** Bytes of a file that the cache does not have yet. */
export function missingBytes(blobs: string, { digest, totalBytes }: ListedBlob): number {
  const present = Math.max(sizeOf(join(blobs, digest)), sizeOf(join(blobs, `${digest}.incomplete`)));
  return Math.max(0, totalBytes - present);
}

/**
 * Downloads one file of a repository into the cache's `blobs`, resuming from `<blob>.incomplete` if there is one, and checks its size
 * and digest. Never writes more than the listed size.
 *
 * @returns the blob's path
 * @throws HubError E_DOWNLOAD_FAILED, E_WRITE_FAILED; HubApiError for a refused request
 */
export async function downloadBlob(
  connection: HubRepository,
  commit: string,
  listed: ListedBlob,
  blobs: string,
  onProgress: (progress: DownloadProgress) => void,
): Promise<string> {
  const { path, digest, totalBytes } = listed;
  const blob = join(blobs, digest);
  if (existsSync(blob) && statSync(blob).size === totalBytes) return blob;
  const partial = `${blob}.incomplete`;
  makeDirectory(blobs);
  if (sizeOf(partial) > totalBytes) rmSync(partial);
  if (totalBytes === 0) writeFileSync(partial, "");

  let reached = sizeOf(partial);
  for (let attempt = 1; sizeOf(partial) < totalBytes; ) {
    const failure = await append(connection, commit, listed, partial, onProgress);
    const bytes = sizeOf(partial);
    if (bytes === totalBytes) break;
    attempt = bytes >= reached + progressBytes ? 1 : attempt + 1;
    reached = Math.max(reached, bytes);
    if (attempt > attempts) throw incomplete(connection, path, totalBytes, sizeOf(partial), failure);
    await pauseBefore(connection, attempt);
  }
  await verify(connection, listed, partial);
  renameSync(partial, blob);
  return blob;
}

/** Appends the missing bytes; returns the failure of a connection that may be retried. */
async function append(
  connection: HubRepository,
  commit: string,
  listed: ListedBlob,
  partial: string,
  onProgress: (progress: DownloadProgress) => void,
): Promise<unknown> {
  const { path: file, totalBytes } = listed;
  const begin = sizeOf(partial);
  onProgress({ file, bytes: begin, totalBytes });
  try {
    const response = await request(connection, commit, listed, begin);
    const isRest = response.status === 206;
    let bytes = isRest ? begin : 0;
    const counted = async function* (source: AsyncIterable<Uint8Array>) {
      for await (const chunk of source) {
        bytes += chunk.byteLength;
        if (bytes > totalBytes) throw wrongSize(connection, file, totalBytes, `more than ${totalBytes}`);
        onProgress({ file, bytes, totalBytes });
        yield chunk;
      }
    };
    // a server that sends all of it where the rest was asked for begins the file anew
    const output = createWriteStream(partial, { flags: isRest ? "a" : "w" });
    const { signal } = connection;
    const body = (response.body ?? []) as AsyncIterable<Uint8Array>;
    await pipeline(body, counted, output, signal === undefined ? {} : { signal });
    return undefined;
  } catch (error) {
    if (error instanceof NetworkError && error.code === "E_NETWORK_TOO_LARGE")
      throw wrongSize(connection, file, totalBytes, `more than ${totalBytes}`);
    if (isDiskError(error)) throw diskError(partial, error);
    if (!isWorthRetrying(connection, error)) throw error;
    return error;
  }
}

/** Asks for the bytes from `begin` on: a range even of the whole file, as its answer tells the size however it is encoded. */
async function request(
  connection: HubRepository,
  commit: string,
  { path, totalBytes }: ListedBlob,
  begin: number,
): Promise<Response> {
  const { accessToken } = connection;
  const url = `${pageOf(connection)}/resolve/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`;
  const response = await hubFetch(connection, totalBytes)(url, {
    headers: {
      range: `bytes=${begin}-${totalBytes - 1}`,
      "accept-encoding": "identity",
      ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
    },
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new HubApiError(url, response.status, undefined, `HTTP ${response.status}`);
  }
  const offered = offeredBytes(response);
  if (offered === null || offered === totalBytes) return response;
  await response.body?.cancel();
  throw wrongSize(connection, path, totalBytes, String(offered));
}

/** The size of the whole file according to an answer; null where it does not tell. */
function offeredBytes({ status, headers }: Response): number | null {
  const isEncoded = headers.has("content-encoding"); // then the length is not that of the file
  const length = isEncoded ? null : headers.get("content-length");
  const written = status === 206 ? headers.get("content-range")?.split("/")[1] : length;
  return written !== undefined && written !== null && /^\d+$/.test(written) ? Number(written) : null;
}

async function verify(connection: HubRepository, listed: ListedBlob, partial: string): Promise<void> {
  const { path, digest: expected, isLarge, totalBytes } = listed;
  const [algorithm, prefix] = isLarge ? (["sha256", ""] as const) : (["sha1", `blob ${totalBytes}\0`] as const);
  const got = await hashFile(algorithm, partial, prefix, connection.signal);
  if (got === expected) return;
  rmSync(partial);
  throw failed(connection, path, {
    expected: `${algorithm} ${expected}`,
    got: `${got} (removed)`,
    remedy: "run it again to download it from the start",
  });
}

function incomplete(connection: HubRepository, path: string, totalBytes: number, bytes: number, cause: unknown) {
  const reason = cause === undefined ? "" : ` (${reasonOf(cause)})`;
  return failed(connection, path, {
    expected: `${totalBytes} bytes`,
    got: `${bytes} after ${attempts} attempts${reason}`,
    remedy: "check the connection and run it again to resume",
    cause,
  });
}

function wrongSize(connection: HubRepository, path: string, listedBytes: number, got: string) {
  return failed(connection, path, {
    expected: `${listedBytes} bytes, as the repository lists it`,
    got: `${got} bytes offered`,
    remedy: "run it again later; if it stays so, a proxy on the way alters it",
  });
}

function failed(
  repository: HubRepository,
  path: string,
  details: { readonly expected: string; readonly got: string; readonly remedy: string; readonly cause?: unknown },
): HubError {
  return new HubError("E_DOWNLOAD_FAILED", { file: `${pageOf(repository)}/${path}`, ...details });
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

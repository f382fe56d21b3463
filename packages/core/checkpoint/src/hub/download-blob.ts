import { createWriteStream, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { setTimeout } from "node:timers/promises";
import { downloadFile, HubApiError, type ListFileEntry } from "@huggingface/hub";
import { makeDirectory } from "@petl/files";
import { CheckpointError, reasonOf } from "../error.js";
import { type DownloadProgress, type HubConnection, hubParameters } from "./connection.js";
import { hashFile } from "./digest.js";
import { diskError, isDiskError } from "./disk-error.js";

/** Attempts at a broken connection while no byte arrives in between. */
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 250;

/**
 * Downloads one file of a repository into the cache's `blobs`, resuming from `<blob>.incomplete` if there is one, and checks its size
 * and digest (SHA-256 of a large file, git's SHA-1 of a small one).
 *
 * @returns the blob's path
 * @throws CheckpointError E_DOWNLOAD_FAILED, E_WRITE_FAILED; what the hub library throws for a refused request
 */
export async function downloadBlob(
  connection: HubConnection,
  commit: string,
  entry: ListFileEntry,
  blobs: string,
  onProgress: (progress: DownloadProgress) => void,
): Promise<string> {
  const identity = entry.lfs?.oid ?? entry.oid;
  const totalBytes = entry.lfs?.size ?? entry.size;
  if (identity === undefined || !/^[0-9a-f]{40,64}$/.test(identity))
    throw new Error(`no digest listed for ${entry.path}`);
  const blob = join(blobs, identity);
  if (existsSync(blob) && statSync(blob).size === totalBytes) return blob;
  const partial = `${blob}.incomplete`;
  makeDirectory(dirname(partial));
  if (sizeOf(partial) > totalBytes) rmSync(partial);

  for (let attempt = 1; sizeOf(partial) !== totalBytes || !existsSync(partial); ) {
    const before = sizeOf(partial);
    const failure = await append(connection, commit, entry.path, partial, totalBytes, onProgress);
    if (sizeOf(partial) > totalBytes) rmSync(partial); // the server sent all of it where the rest was asked for
    if (failure === undefined && sizeOf(partial) === totalBytes) break;
    attempt = sizeOf(partial) > before ? 1 : attempt + 1;
    if (attempt > ATTEMPTS) throw incomplete(connection, entry.path, totalBytes, sizeOf(partial), failure);
    await setTimeout(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, abortable(connection));
  }
  await verify(connection, entry, partial, totalBytes);
  renameSync(partial, blob);
  return blob;
}

/** Appends the missing bytes; returns the failure of a connection that may be retried. */
async function append(
  connection: HubConnection,
  commit: string,
  path: string,
  partial: string,
  totalBytes: number,
  onProgress: (progress: DownloadProgress) => void,
): Promise<unknown> {
  let bytes = sizeOf(partial);
  onProgress({ file: path, bytes, totalBytes });
  try {
    const parameters = { ...hubParameters(connection), repo: connection.repository, revision: commit, path };
    const remote = await downloadFile({ ...parameters, xet: false }); // plain ranges, so that any part can be resumed
    if (remote === null) throw new Error(`${path} is listed but cannot be downloaded`);
    if (remote.size !== totalBytes) throw wrongSize(connection, path, totalBytes, remote.size);
    if (totalBytes === 0) return void (await pipeline(Readable.from([]), createWriteStream(partial)));
    const rest = bytes === 0 ? remote : remote.slice(bytes);
    const counted = async function* (source: AsyncIterable<Uint8Array>) {
      for await (const chunk of source) {
        bytes += chunk.byteLength;
        if (bytes <= totalBytes) onProgress({ file: path, bytes, totalBytes });
        yield chunk;
      }
    };
    const incoming = Readable.fromWeb(rest.stream() as ReadableStream<Uint8Array>);
    await pipeline(incoming, counted, createWriteStream(partial, { flags: "a" }), abortable(connection));
    return undefined;
  } catch (error) {
    const refused = error instanceof HubApiError && error.statusCode < 500 && error.statusCode !== 429;
    if (refused || error instanceof CheckpointError || connection.signal?.aborted) throw error;
    if (isDiskError(error)) throw diskError(partial, error);
    return error;
  }
}

async function verify(connection: HubConnection, entry: ListFileEntry, partial: string, bytes: number): Promise<void> {
  const [algorithm, prefix] =
    entry.lfs === undefined ? (["sha1", `blob ${bytes}\0`] as const) : (["sha256", ""] as const);
  const expected = entry.lfs?.oid ?? entry.oid;
  const got = await hashFile(algorithm, partial, prefix, connection.signal);
  if (got === expected) return;
  rmSync(partial);
  throw new CheckpointError("E_DOWNLOAD_FAILED", {
    file: `${connection.hubUrl}/${connection.repository}/${entry.path}`,
    expected: `${algorithm} ${expected}`,
    got: `${got} (removed)`,
    remedy: "run it again to download it from the start",
  });
}

function incomplete(connection: HubConnection, path: string, totalBytes: number, bytes: number, cause: unknown) {
  const reason = cause === undefined ? "" : ` (${reasonOf(cause)})`;
  return new CheckpointError("E_DOWNLOAD_FAILED", {
    file: `${connection.hubUrl}/${connection.repository}/${path}`,
    expected: `${totalBytes} bytes`,
    got: `${bytes} after ${ATTEMPTS} attempts${reason}`,
    remedy: "check the connection and run it again to resume",
    cause,
  });
}

function wrongSize(connection: HubConnection, path: string, listedBytes: number, servedBytes: number) {
  return new CheckpointError("E_DOWNLOAD_FAILED", {
    file: `${connection.hubUrl}/${connection.repository}/${path}`,
    expected: `${listedBytes} bytes, as the repository lists it`,
    got: `${servedBytes} bytes offered`,
    remedy: "run it again later; if it stays so, a proxy on the way alters it",
  });
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function abortable({ signal }: HubConnection): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

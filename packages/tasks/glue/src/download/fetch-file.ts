import { existsSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { freeBytes } from "@petl/files";
import { guardedFetch } from "@petl/network";

/** How far one file is. */
export interface FileProgress {
  readonly receivedBytes: number;
  /** `undefined` where the server does not tell. */
  readonly totalBytes: number | undefined;
}

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Longest wait for the response to begin, in milliseconds. */
  readonly timeoutMs: number;
  readonly onProgress?: ((progress: FileProgress) => void) | undefined;
}

/** Longest wait for the next 1 KiB in the middle of a download, in milliseconds. */
const stallMs = 30_000;
/** Most bytes of a file; the largest archive, MNLI's, takes 313 MB. */
const mostBytes = 2 ** 30;

/**
 * Downloads a file whole or not at all. An unfinished download stays in `<file>.part`, and the next call resumes it if the server
 * still has the same version (ETag or date, kept in `<file>.part.version`). Callers word the errors.
 */
export async function fetchFile(url: string, file: string, options: FetchOptions): Promise<void> {
  const part = `${file}.part`;
  await mkdir(dirname(file), { recursive: true });
  const startByte = existsSync(`${part}.version`) && existsSync(part) ? (await stat(part)).size : 0;
  let response = await request(url, startByte, part, options);
  if (response.status === 416) response = await request(url, 0, part, options);
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`);
  await receive(response, response.status === 206 ? startByte : 0, part, options.onProgress);
  await rename(part, file);
  await rm(`${part}.version`, { force: true });
}

async function request(
  url: string,
  startByte: number,
  part: string,
  { timeoutMs, signal }: FetchOptions,
): Promise<Response> {
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (startByte > 0) {
    headers.range = `bytes=${startByte}-`;
    headers["if-range"] = await readFile(`${part}.version`, "utf8");
  }
  return guardedFetch({ answerMs: timeoutMs, stallMs, mostBytes, signal })(url, { headers });
}

async function receive(
  response: Response,
  startByte: number,
  part: string,
  onProgress: FetchOptions["onProgress"],
): Promise<void> {
  const length = response.headers.get("content-length");
  const isEncoded = response.headers.has("content-encoding"); // then the length is not that of the file
  const totalBytes = length === null || isEncoded ? undefined : startByte + Number(length);
  if (totalBytes !== undefined) refuseTooLarge(part, startByte, totalBytes);
  const version = response.headers.get("etag") ?? response.headers.get("last-modified");
  if (version === null || version.startsWith("W/")) await rm(`${part}.version`, { force: true });
  else await writeFile(`${part}.version`, version);
  const output = await open(part, startByte > 0 ? "a" : "w");
  let receivedBytes = startByte;
  try {
    for await (const chunk of response.body ?? []) {
      await output.appendFile(chunk);
      receivedBytes += chunk.length;
      onProgress?.({ receivedBytes, totalBytes });
    }
  } finally {
    await output.close();
  }
  if (totalBytes !== undefined && receivedBytes !== totalBytes) {
    throw new Error(`the connection closed after ${receivedBytes} of ${totalBytes} bytes`);
  }
}

function refuseTooLarge(part: string, startByte: number, totalBytes: number): void {
  if (totalBytes > mostBytes) throw new Error(`the server offers ${totalBytes} bytes, more than ${mostBytes}`);
  const free = freeBytes(part);
  if (free === null || totalBytes - startByte <= free) return;
  throw Object.assign(new Error(`${totalBytes} bytes do not fit in the ${free} that are free`), { code: "ENOSPC" });
}

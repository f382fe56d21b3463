import { existsSync } from "node:fs";
import { open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { makeDirectory } from "@petl/files";

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

/** Longest silence in the middle of a download, in milliseconds. */
const stallTimeoutMs = 30_000;

/**
 * Downloads a file whole or not at all. An unfinished download stays in `<file>.part`, and the next call resumes it if the server
 * still has the same version (ETag or date, kept in `<file>.part.version`). Callers word the errors.
 */
export async function fetchFile(url: string, file: string, options: FetchOptions): Promise<void> {
  const part = `${file}.part`;
  makeDirectory(dirname(file));
  const startByte = existsSync(`${part}.version`) && existsSync(part) ? (await stat(part)).size : 0;
  const watch = new Watch(options.signal, options.timeoutMs);
  try {
    let response = await request(url, startByte, part, watch.signal);
    if (response.status === 416) response = await request(url, 0, part, watch.signal);
    if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`);
    await receive(response, response.status === 206 ? startByte : 0, part, watch, options.onProgress);
  } finally {
    watch.stop();
  }
  await rename(part, file);
  await rm(`${part}.version`, { force: true });
}

async function request(url: string, startByte: number, part: string, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (startByte > 0) {
    headers.range = `bytes=${startByte}-`;
    headers["if-range"] = await readFile(`${part}.version`, "utf8");
  }
  return fetch(url, { signal, headers });
}

async function receive(
  response: Response,
  startByte: number,
  part: string,
  watch: Watch,
  onProgress: FetchOptions["onProgress"],
): Promise<void> {
  const length = response.headers.get("content-length");
  const isEncoded = response.headers.has("content-encoding"); // then the length is not that of the file
  const totalBytes = length === null || isEncoded ? undefined : startByte + Number(length);
  const version = response.headers.get("etag") ?? response.headers.get("last-modified");
  if (version === null || version.startsWith("W/")) await rm(`${part}.version`, { force: true });
  else await writeFile(`${part}.version`, version);
  const output = await open(part, startByte > 0 ? "a" : "w");
  let receivedBytes = startByte;
  try {
    for await (const chunk of response.body ?? []) {
      watch.restart(stallTimeoutMs);
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

/** Aborts when the caller does, or when nothing happens for a while. */
class Watch {
  readonly #controller = new AbortController();
  readonly signal: AbortSignal;
  #timer: NodeJS.Timeout | undefined;

  constructor(caller: AbortSignal | undefined, timeoutMs: number) {
    this.signal = caller === undefined ? this.#controller.signal : AbortSignal.any([caller, this.#controller.signal]);
    this.restart(timeoutMs);
  }

  restart(timeoutMs: number): void {
    clearTimeout(this.#timer);
    const reason = new Error(`no answer within ${timeoutMs / 1000} s`);
    this.#timer = setTimeout(() => this.#controller.abort(reason), timeoutMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

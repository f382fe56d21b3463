import { setTimeout as pause } from "node:timers/promises";
import { HubApiError } from "@huggingface/hub";
import { guardedFetch, NetworkError } from "@petl/network";
import { isDiskError } from "./disk-error.js";
import { HubError } from "./error.js";
import type { HubRepository } from "./repository.js";

/** Progress of one file's download; `bytes` includes those already on disk when it resumes. */
export interface DownloadProgress {
  readonly file: string;
  readonly bytes: number;
  readonly totalBytes: number;
}

/** Attempts at a request, or at a file without progress in between. */
export const attempts = 4;
const firstPauseMs = 250;
/** A page of a thousand files takes 0.3 MB. */
const mostAnswerBytes = 2 ** 24;

/** A `fetch` that sends the token to the hub only, refuses more than `mostBytes`, and ends when the hub is silent or the signal aborts. */
export function hubFetch({ hubUrl, timeoutMs, signal }: HubRepository, mostBytes = mostAnswerBytes): typeof fetch {
  return guardedFetch({ tokenUrl: hubUrl, answerMs: timeoutMs, stallMs: timeoutMs, mostBytes, signal });
}

/** The result of a request, tried again where the connection fails; a refusal by the hub is thrown at once. */
export async function retried<T>(connection: HubRepository, request: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      if (attempt === attempts || !isWorthRetrying(connection, error)) throw error;
      await pauseBefore(connection, attempt);
    }
  }
}

/** Whether a failure may pass: not a refusal, an abort or a full disk. */
export function isWorthRetrying({ signal }: HubRepository, error: unknown): boolean {
  if (signal?.aborted || error instanceof HubError || isDiskError(error)) return false;
  if (error instanceof NetworkError) return error.code === "E_NETWORK_SILENT" || error.code === "E_NETWORK_STALLED";
  return !(error instanceof HubApiError) || error.statusCode >= 500 || error.statusCode === 429;
}

/** Waits before the next attempt, longer each time. */
export async function pauseBefore({ signal }: HubRepository, attempt: number): Promise<void> {
  await pause(firstPauseMs * 2 ** (attempt - 1), undefined, signal === undefined ? {} : { signal });
}

import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { HubApiError } from "@huggingface/hub";
import { guardedFetch, mayCarryToken, NetworkError } from "@petl/network";
import { CheckpointError, reasonOf } from "../error.js";
import { NEEDED_FILES } from "../file-names.js";
import { diskError, isDiskError } from "./disk-error.js";

/** Progress of one file's download; `bytes` includes those already on disk when it resumes. */
export interface DownloadProgress {
  readonly file: string;
  readonly bytes: number;
  readonly totalBytes: number;
}

/** A model repository on a hub, how to reach it and where its files go. */
export interface HubConnection {
  readonly repository: string;
  /** Branch, tag or commit asked for. */
  readonly revision: string;
  /** The commit it means, where that is known. */
  readonly commit: string | undefined;
  /** The repository's folder in the cache. */
  readonly folder: string;
  readonly hubUrl: string;
  readonly accessToken: string | undefined;
  /** Longest silence of the server, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Attempts at a request, or at a file without progress in between. */
export const attempts = 4;
const firstPauseMs = 250;
/** A page of a thousand files takes 0.3 MB. */
const mostAnswerBytes = 2 ** 24;

/** A `fetch` that sends the token to the hub only, refuses more than `mostBytes`, and ends when the hub is silent or the signal aborts. */
export function hubFetch({ hubUrl, timeoutMs, signal }: HubConnection, mostBytes = mostAnswerBytes): typeof fetch {
  return guardedFetch({ tokenUrl: hubUrl, answerMs: timeoutMs, stallMs: timeoutMs, mostBytes, signal });
}

/** The result of a request, tried again where the connection fails; a refusal by the hub is thrown at once. */
export async function retried<T>(connection: HubConnection, request: () => Promise<T>): Promise<T> {
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
export function isWorthRetrying({ signal }: HubConnection, error: unknown): boolean {
  if (signal?.aborted || error instanceof CheckpointError || isDiskError(error)) return false;
  if (error instanceof NetworkError) return error.code === "E_NETWORK_SILENT" || error.code === "E_NETWORK_STALLED";
  return !(error instanceof HubApiError) || error.statusCode >= 500 || error.statusCode === 429;
}

/** Waits before the next attempt, longer each time. */
export async function pauseBefore({ signal }: HubConnection, attempt: number): Promise<void> {
  await pause(firstPauseMs * 2 ** (attempt - 1), undefined, signal === undefined ? {} : { signal });
}

/**
 * Checks a hub's address and that the token would not travel in the clear.
 *
 * @throws CheckpointError E_NAME_INVALID, E_TOKEN_EXPOSED
 */
export function checkHubUrl(hubUrl: string, accessToken: string | undefined): void {
  const url = URL.canParse(hubUrl) ? new URL(hubUrl) : null;
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (!isPlain) {
    throw new CheckpointError("E_NAME_INVALID", {
      file: "HF_ENDPOINT",
      expected: "the address of a hub, such as https://huggingface.co",
      got: url === null ? `"${hubUrl}"` : `one with ${url.username === "" ? url.protocol : "a name or password in it"}`,
      remedy: "correct HF_ENDPOINT; a token goes in HF_TOKEN",
    });
  }
  if (!accessToken || mayCarryToken(url)) return;
  throw new CheckpointError("E_TOKEN_EXPOSED", {
    file: url.origin,
    expected: "https, since an access token is set",
    got: "http, where anyone on the way can read it",
    remedy: "use an https address in HF_ENDPOINT, or unset HF_TOKEN",
  });
}

/** The remedy where the hub cannot be reached. */
export function placeFilesRemedy(folder: string, revision: string): string {
  return (
    `place ${NEEDED_FILES} in a directory and pass that directory ` +
    `(or in ${join(folder, "snapshots", "COMMIT")} with COMMIT written in ${join(folder, "refs", revision)})`
  );
}

/** The CheckpointError for a failed call of the hub, with its remedy. */
export function hubError(connection: HubConnection, error: unknown, what: string): CheckpointError {
  if (error instanceof CheckpointError) return error;
  const { repository, hubUrl, signal, folder, revision } = connection;
  const file = `${hubUrl}/${repository}`;
  if (signal?.aborted) {
    return new CheckpointError("E_CANCELLED", {
      file,
      expected: `to fetch ${what}`,
      got: "a request to stop",
      remedy: "run it again to resume",
      cause: error,
    });
  }
  if (isDiskError(error)) return diskError(folder, error);
  const status = error instanceof HubApiError ? error.statusCode : undefined;
  if (status === 401 || status === 403) {
    return new CheckpointError("E_ACCESS_DENIED", {
      file,
      expected: `permission to read ${what}`,
      got: `HTTP ${status}`,
      remedy: `check the name; if it is gated or private, accept its terms on its page and set HF_TOKEN; or ${placeFilesRemedy(folder, revision)}`,
      cause: error,
    });
  }
  if (status === 404) {
    return new CheckpointError("E_NOT_FOUND", {
      file,
      expected: what,
      got: "HTTP 404",
      remedy: "check the name and the revision, such as hf:google-t5/t5-small",
      cause: error,
    });
  }
  return new CheckpointError("E_DOWNLOAD_FAILED", {
    file,
    expected: `to fetch ${what}`,
    got: withCause(error),
    remedy: `run it again to resume, or ${placeFilesRemedy(folder, revision)}`,
    cause: error,
  });
}

/** `fetch` hides the reason, such as ECONNREFUSED, in the cause. */
function withCause(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? reasonOf(error) : `${reasonOf(error)} (${reasonOf(cause)})`;
}

import { join } from "node:path";
import { HubApiError } from "@huggingface/hub";
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
  readonly signal: AbortSignal | undefined;
}

/** The parameters for every call of `@huggingface/hub`; requests end when the signal aborts. */
export function hubParameters({ hubUrl, accessToken, signal }: HubConnection) {
  const abortable: typeof fetch = (input, init) => fetch(input, signal === undefined ? init : { ...init, signal });
  return { hubUrl, fetch: abortable, ...(accessToken === undefined ? {} : { accessToken }) };
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

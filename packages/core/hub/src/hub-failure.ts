import { HubApiError } from "@huggingface/hub";
import { diskError, isDiskError } from "./disk-error.js";
import { HubError, reasonOf } from "./error.js";
import { type HubRepository, pageOf, wordsOf } from "./repository.js";

/** The HubError for a failed call of the hub, with its remedy. */
export function hubFailure(repository: HubRepository, error: unknown, what: string): HubError {
  if (error instanceof HubError) return error;
  const { kind, signal, folder, withoutHub } = repository;
  const file = pageOf(repository);
  if (signal?.aborted) {
    return new HubError("E_CANCELLED", {
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
    return new HubError("E_ACCESS_DENIED", {
      file,
      expected: `permission to read ${what}`,
      got: `HTTP ${status}`,
      remedy: `check the name; if it is gated or private, accept its terms on its page and set HF_TOKEN; or ${withoutHub}`,
      cause: error,
    });
  }
  if (status === 404) {
    return new HubError("E_NOT_FOUND", {
      file,
      expected: what,
      got: "HTTP 404",
      remedy: `check the name and the revision, such as ${wordsOf(kind).example}`,
      cause: error,
    });
  }
  return new HubError("E_DOWNLOAD_FAILED", {
    file,
    expected: `to fetch ${what}`,
    got: withCause(error),
    remedy: `run it again to resume, or ${withoutHub}`,
    cause: error,
  });
}

/** `fetch` hides the reason, such as ECONNREFUSED, in the cause. */
function withCause(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? reasonOf(error) : `${reasonOf(error)} (${reasonOf(cause)})`;
}

/** Why a request was given up; stable, for programs. */
export type NetworkErrorCode =
  /** No answer to a request. */
  | "E_NETWORK_SILENT"
  /** The rest of an answer does not come. */
  | "E_NETWORK_STALLED"
  | "E_NETWORK_REDIRECT"
  | "E_NETWORK_TOO_LARGE";

/** A request that was given up because of how the server behaved. Callers add who asked and what to do. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";

  constructor(
    readonly code: NetworkErrorCode,
    message: string,
  ) {
    super(message);
  }
}

const unreachable: ReadonlySet<string> = new Set([
  ...[
    "E_NETWORK_SILENT",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EAI_FAIL",
    "ECONNREFUSED",
    "ENETUNREACH",
    "ENETDOWN",
    "EHOSTUNREACH",
  ],
  ...["EHOSTDOWN", "EADDRNOTAVAIL", "ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"],
]);

/** Whether an error, or one that caused it, means that the host gave no answer, as without a network. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && typeof error.code === "string" && unreachable.has(error.code)) return true;
  const several = error instanceof AggregateError ? error.errors : []; // one for each address of the host
  return several.some(isUnreachable) || isUnreachable(error.cause);
}

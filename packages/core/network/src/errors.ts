/** Why a request was given up; stable, for programs. */
export type NetworkErrorCode = "E_NETWORK_SILENT" | "E_NETWORK_REDIRECT" | "E_NETWORK_TOO_LARGE";

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

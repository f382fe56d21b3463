import { FileError, oneLine } from "@petl/files";

/** What went wrong between a hub, its cache and this machine; stable, for programs. */
export type HubErrorCode =
  | "E_FILE_MISSING"
  | "E_NAME_INVALID"
  | "E_OFFLINE"
  | "E_NOT_FOUND"
  | "E_ACCESS_DENIED"
  | "E_TOKEN_EXPOSED"
  | "E_DOWNLOAD_TOO_LARGE"
  | "E_CACHE_LOCKED"
  | "E_DOWNLOAD_FAILED"
  | "E_WRITE_FAILED"
  | "E_CANCELLED";

export interface HubErrorDetails {
  /** File, directory, address or name at fault. */
  readonly file: string;
  readonly expected: string;
  readonly got: string;
  /** What the reader can do about it. */
  readonly remedy: string;
  readonly cause?: unknown;
}

/** Something that cannot be named, reached, fetched or stored: one line with file, expected, got and remedy. */
export class HubError extends Error {
  override readonly name = "HubError";
  readonly file: string;
  readonly expected: string;
  readonly got: string;
  readonly remedy: string;

  constructor(
    readonly code: HubErrorCode,
    { file, expected, got, remedy, cause }: HubErrorDetails,
  ) {
    super(oneLine(`${file}: expected ${expected}, got ${got}; ${remedy}`), cause === undefined ? {} : { cause });
    this.file = file;
    this.expected = expected;
    this.got = got;
    this.remedy = remedy;
  }
}

/** The message of anything thrown, on one line; of a file refused unread, what it is. */
export function reasonOf(error: unknown): string {
  if (error instanceof FileError) return `${error.got} (expected ${error.expected})`;
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ").trim();
}

/** The `code` of a system error such as "ENOENT", or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

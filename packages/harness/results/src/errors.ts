import { oneLine } from "@petl/files";

/**
 * Why a record could not be read or written.
 *
 * - `E_RECORD_SYNTAX`: the file is not JSON (half-written or corrupt).
 * - `E_RECORD_CHECKSUM`: changed or damaged since it was written.
 * - `E_RECORD_INVALID`: valid JSON, but not a run record.
 * - `E_RECORD_VERSION`: of an older schema version.
 * - `E_RECORD_NEWER`: of a newer schema version, which this version must not replace.
 * - `E_RECORD_NAME`: in a file that bears the name of another record.
 * - `E_RECORD_ID`: an id that cannot be a file name.
 * - `E_RECORD_READ`, `E_RECORD_WRITE`: the file system refused.
 */
export type ResultsErrorCode =
  | "E_RECORD_SYNTAX"
  | "E_RECORD_CHECKSUM"
  | "E_RECORD_INVALID"
  | "E_RECORD_VERSION"
  | "E_RECORD_NEWER"
  | "E_RECORD_NAME"
  | "E_RECORD_ID"
  | "E_RECORD_READ"
  | "E_RECORD_WRITE";

/** Reading or writing results failed; `file` is the file concerned, where there is one. */
export class ResultsError extends Error {
  override readonly name = "ResultsError";
  readonly code: ResultsErrorCode;
  readonly file: string | null;

  constructor(code: ResultsErrorCode, message: string, options: { file?: string; cause?: unknown } = {}) {
    super(oneLine(message), "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.file = options.file ?? null;
  }
}

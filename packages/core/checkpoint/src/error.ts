import { oneLine } from "@petl/files";
import { HubError, type HubErrorCode } from "@petl/hub";

export { reasonOf, systemCode } from "@petl/hub";

/** What went wrong with a checkpoint; stable, for programs. */
export type CheckpointErrorCode =
  | HubErrorCode
  | "E_FILE_TRUNCATED"
  | "E_HEADER_TOO_LARGE"
  | "E_HEADER_INVALID"
  | "E_OFFSETS_INVALID"
  | "E_DTYPE_UNKNOWN"
  | "E_SHAPE_MISMATCH"
  | "E_SHARD_MISSING"
  | "E_TENSOR_MISSING"
  | "E_TENSORS_DIFFER"
  | "E_VALUE_INVALID"
  | "E_INDEX_INVALID"
  | "E_CONFIG_INVALID"
  | "E_TOKENIZER_INVALID";

export interface CheckpointErrorDetails {
  /** File, directory or address at fault. */
  readonly file: string;
  readonly expected: string;
  readonly got: string;
  /** What the reader can do about it. */
  readonly remedy: string;
  readonly cause?: unknown;
}

/** A checkpoint that cannot be found, fetched, read or used: one line with file, expected, got and remedy. */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";
  readonly file: string;
  readonly expected: string;
  readonly got: string;
  readonly remedy: string;

  constructor(
    readonly code: CheckpointErrorCode,
    details: CheckpointErrorDetails,
  ) {
    const { file, expected, got, remedy, cause } = details;
    super(oneLine(`${file}: expected ${expected}, got ${got}; ${remedy}`), cause === undefined ? {} : { cause });
    this.file = file;
    this.expected = expected;
    this.got = got;
    this.remedy = remedy;
  }
}

/** What the work gives; an error of the hub becomes one of this package, with the same line. @throws CheckpointError */
export async function ofCheckpoint<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof HubError ? new CheckpointError(error.code, error) : error;
  }
}

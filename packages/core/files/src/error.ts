/** Why a file was refused before it was read: `E_FILE_KIND` is no regular file, `E_FILE_SIZE` is larger than the bound. */
export type FileErrorCode = "E_FILE_KIND" | "E_FILE_SIZE";

interface FileErrorDetails {
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  readonly remedy: string;
}

/** An input file that is refused unread: one line with path, expected, got and remedy. */
export class FileError extends Error {
  override readonly name = "FileError";
  readonly expected: string;
  readonly got: string;

  constructor(
    readonly code: FileErrorCode,
    { path, expected, got, remedy }: FileErrorDetails,
  ) {
    super(`${path}: expected ${expected}, got ${got}; ${remedy}`);
    this.expected = expected;
    this.got = got;
  }
}

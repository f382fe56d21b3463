import { oneLine } from "@petl/files";

/** What went wrong, for programs: one code per remedy that a caller might take. */
export type GlueErrorCode =
  | "E_GLUE_TASK"
  | "E_GLUE_SPLIT"
  | "E_GLUE_FORMAT"
  | "E_GLUE_FILE_MISSING"
  | "E_GLUE_FILE_UNREADABLE"
  | "E_GLUE_COLUMNS"
  | "E_GLUE_ROW"
  | "E_GLUE_LABEL"
  | "E_GLUE_EMPTY"
  | "E_GLUE_LIMIT"
  | "E_GLUE_SCORE"
  | "E_GLUE_SUBMISSION"
  | "E_GLUE_DATA"
  | "E_GLUE_DOWNLOAD"
  | "E_GLUE_ARCHIVE"
  | "E_GLUE_CACHE";

/** The parts of a {@link GlueError}; absent where they do not apply. */
export interface GlueErrorDetails {
  /** Path of the file at fault. */
  readonly file?: string;
  /** Line in the file, counted from 1, header included. */
  readonly line?: number;
  readonly expected?: string;
  readonly got?: string;
  /** What the user can do about it. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** The error class of this package: one line with place, expectation, finding and remedy. */
export class GlueError extends Error {
  override readonly name = "GlueError";
  readonly code: GlueErrorCode;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly remedy: string | undefined;

  constructor(code: GlueErrorCode, what: string, details: GlueErrorDetails = {}) {
    super(oneLine(messageOf(what, details)), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.file = details.file;
    this.line = details.line;
    this.expected = details.expected;
    this.got = details.got;
    this.remedy = details.remedy;
  }
}

function messageOf(what: string, { file, line, expected, got, remedy }: GlueErrorDetails): string {
  const place = file === undefined ? "" : `${file}${line === undefined ? "" : `:${line}`}: `;
  const detail = [expected && `expected ${expected}`, got && `got ${got}`].filter(Boolean).join(", ");
  return `${place}${what}${detail ? `: ${detail}` : ""}${remedy ? `; ${remedy}` : ""}`;
}

/** The text in quotes and on one line, shortened to 60 characters, for error messages. */
export function quote(text: string): string {
  const quoted = JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
  return quoted.length > 120 ? `${quoted.slice(0, 116)}..."` : quoted; // escapes are six characters each
}

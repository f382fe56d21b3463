import { oneLine } from "@petl/files";

/** What went wrong, for programs: one code per remedy that a caller might take. */
export type TaskErrorCode =
  | "E_TASK_UNKNOWN"
  | "E_TASK_DEFINITION"
  | "E_TASK_SPLIT"
  | "E_TASK_FORMAT"
  | "E_TASK_FILE_MISSING"
  | "E_TASK_FILE_UNREADABLE"
  | "E_TASK_COLUMNS"
  | "E_TASK_ROW"
  | "E_TASK_LABEL"
  | "E_TASK_EMPTY"
  | "E_TASK_LIMIT"
  | "E_TASK_SCORE"
  | "E_TASK_SUBMISSION"
  | "E_TASK_DATA"
  | "E_TASK_DOWNLOAD"
  | "E_TASK_ARCHIVE"
  | "E_TASK_CACHE";

/** The parts of a {@link TaskError}; absent where they do not apply. */
export interface TaskErrorDetails {
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
export class TaskError extends Error {
  override readonly name = "TaskError";
  readonly code: TaskErrorCode;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly remedy: string | undefined;

  constructor(code: TaskErrorCode, what: string, details: TaskErrorDetails = {}) {
    super(oneLine(messageOf(what, details)), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.file = details.file;
    this.line = details.line;
    this.expected = details.expected;
    this.got = details.got;
    this.remedy = details.remedy;
  }
}

function messageOf(what: string, { file, line, expected, got, remedy }: TaskErrorDetails): string {
  const place = file === undefined ? "" : `${file}${line === undefined ? "" : `:${line}`}: `;
  const detail = [expected && `expected ${expected}`, got && `got ${got}`].filter(Boolean).join(", ");
  return `${place}${what}${detail ? `: ${detail}` : ""}${remedy ? `; ${remedy}` : ""}`;
}

/** The text in quotes and on one line, shortened to 60 characters, for error messages. */
export function quote(text: string): string {
  const quoted = JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
  return quoted.length > 120 ? `${quoted.slice(0, 116)}..."` : quoted; // escapes are six characters each
}

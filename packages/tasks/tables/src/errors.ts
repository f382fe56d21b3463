import { oneLine } from "@petl/files";
import { type Place, placeText } from "./table.js";

/** What went wrong, for programs: one code per remedy that a caller might take. */
export type TableErrorCode =
  | "E_TABLE_MISSING"
  | "E_TABLE_UNREADABLE"
  | "E_TABLE_FORMAT"
  | "E_TABLE_SIZE"
  | "E_TABLE_ENCODING"
  | "E_TABLE_COLUMNS"
  | "E_TABLE_ROW"
  | "E_TABLE_VALUE"
  | "E_TABLE_TYPE"
  | "E_TABLE_DAMAGED"
  | "E_TABLE_SPLITS";

/** The parts of a {@link TableError}; absent where they do not apply. */
export interface TableErrorDetails {
  /** Path of the file or folder at fault. */
  readonly file: string;
  /** Where in the file. */
  readonly place?: Place | undefined;
  readonly expected?: string;
  readonly got?: string;
  /** What the user can do about it. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** The error class of this package: one line with place, expectation, finding and remedy. */
export class TableError extends Error {
  override readonly name = "TableError";
  readonly code: TableErrorCode;
  readonly file: string;
  readonly place: Place | undefined;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly remedy: string | undefined;

  constructor(code: TableErrorCode, what: string, details: TableErrorDetails) {
    super(oneLine(messageOf(what, details)), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.file = details.file;
    this.place = details.place;
    this.expected = details.expected;
    this.got = details.got;
    this.remedy = details.remedy;
  }
}

function messageOf(what: string, { file, place, expected, got, remedy }: TableErrorDetails): string {
  const detail = [expected && `expected ${expected}`, got && `got ${got}`].filter(Boolean).join(", ");
  const where = place === undefined ? file : placeText(place);
  return `${where}: ${what}${detail ? `: ${detail}` : ""}${remedy ? `; ${remedy}` : ""}`;
}

/** The text in quotes, shortened to 60 characters, for error messages. */
export function quote(text: string): string {
  const quoted = JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
  return quoted.length > 120 ? `${quoted.slice(0, 116)}..."` : quoted; // escapes are six characters each
}

/** The first names in quotes, and how many more there are. */
export function quoteAll(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return `${names.slice(0, 5).map(quote).join(", ")}${more}`;
}

/** A number with thousands separators. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** The error for what the file system or `@petl/files` refuses. */
export function unreadable(file: string, cause: unknown): TableError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR")
    return new TableError("E_TABLE_MISSING", "no such file or folder", { file, cause });
  const { expected, got } = cause as { expected?: string; got?: string };
  const refused = expected === undefined || got === undefined ? {} : { expected, got };
  return new TableError("E_TABLE_UNREADABLE", `it cannot be read (${code ?? cause})`, { file, ...refused, cause });
}

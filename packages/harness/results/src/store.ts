import { basename, dirname, join } from "node:path";
import { FileError, makeDirectory, parseJson, readText, writeWholeSync } from "@petl/files";
import { checkSeal, sealRecord } from "./checksum.js";
import { ResultsError } from "./errors.js";
import { recordFiles } from "./record-files.js";
import { isRecordId, recordIdForm } from "./record-id.js";
import { type RunRecord, RunRecordSchema, SCHEMA_VERSION } from "./schema.js";

/** A record grows with its evaluations, by about 600 bytes each: this is room for a hundred thousand. */
const mostBytes = 64 << 20;

/** A file that is not a readable record, and the reason. */
export interface RecordProblem {
  readonly file: string;
  readonly message: string;
}

/** The records of a directory in order of file name, and the files that could not be read. */
export interface RecordSet {
  readonly records: RunRecord[];
  readonly problems: RecordProblem[];
}

/**
 * The file of a record in an output directory: `<out>/runs/<id>.json`.
 *
 * @throws ResultsError E_RECORD_ID for an id that cannot be a file name
 */
export function recordPath(out: string, id: string): string {
  if (!isRecordId(id)) {
    throw new ResultsError("E_RECORD_ID", `record id: expected ${recordIdForm}, got ${JSON.stringify(id)}`);
  }
  return join(out, "runs", `${id}.json`);
}

/**
 * Checks `value` (parsed JSON) as a run record.
 *
 * @throws ResultsError E_RECORD_INVALID naming each wrong field; E_RECORD_VERSION or E_RECORD_NEWER for another `schemaVersion`
 */
export function parseRecord(value: unknown, file = "record"): RunRecord {
  checkVersion(value, file);
  const result = RunRecordSchema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join(".") || "record"}: ${issue.message}`);
  const more = result.error.issues.length - fields.length;
  throw new ResultsError(
    "E_RECORD_INVALID",
    `${file}: not a run record: ${fields.join("; ")}${more > 0 ? `; and ${more} more` : ""}`,
    { file, cause: result.error },
  );
}

function checkVersion(value: unknown, file: string): void {
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (version === SCHEMA_VERSION) return;
  if (typeof version !== "number") {
    const got = value === undefined ? "nothing" : JSON.stringify(value).slice(0, 60);
    const message = `${file}: expected a run record (a JSON object with a schemaVersion), got ${got}`;
    throw new ResultsError("E_RECORD_INVALID", message, { file });
  }
  const [code, age, remedy] =
    version > SCHEMA_VERSION
      ? (["E_RECORD_NEWER", "newer", "update petl-bench"] as const)
      : (["E_RECORD_VERSION", "older", "run it again to get a new record"] as const);
  throw new ResultsError(
    code,
    `${file}: expected schemaVersion ${SCHEMA_VERSION}, got ${version}, which is ${age}; ${remedy}`,
    { file },
  );
}

/**
 * Writes `record` to `recordPath(out, record.id)`, whole or not at all, with its checksum as the last field, and returns the path.
 * Numbers that are not finite become null.
 *
 * @throws ResultsError E_RECORD_INVALID before touching the disk; E_RECORD_WRITE where the file system refuses
 */
export async function writeRecord(out: string, record: RunRecord): Promise<string> {
  const file = recordPath(out, record.id);
  const checked = parseRecord(JSON.parse(JSON.stringify(record)), `record ${record.id}`);
  try {
    makeDirectory(dirname(file));
    writeWholeSync(file, sealRecord(checked));
  } catch (cause) {
    throw new ResultsError(
      "E_RECORD_WRITE",
      `cannot write ${file}: ${(cause as Error).message}; check free space and permissions of the output directory`,
      { file, cause },
    );
  }
  return file;
}

/**
 * Reads one record file, which must bear its record's id as its name.
 *
 * @throws ResultsError naming the file: E_RECORD_READ, E_RECORD_SYNTAX, E_RECORD_CHECKSUM, E_RECORD_INVALID, E_RECORD_VERSION,
 *   E_RECORD_NEWER, E_RECORD_NAME
 */
export async function readRecord(file: string): Promise<RunRecord> {
  let text: string;
  try {
    text = readText(file, mostBytes);
  } catch (cause) {
    const { message } = cause as Error;
    throw new ResultsError("E_RECORD_READ", cause instanceof FileError ? message : `cannot read ${file}: ${message}`, {
      file,
      cause,
    });
  }
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    const what = text.trim() === "" ? "the file is empty" : `not JSON (${(cause as Error).message})`;
    throw new ResultsError(
      "E_RECORD_SYNTAX",
      `${file}: ${what}; it is corrupt or half-written, delete it to run it again`,
      { file, cause },
    );
  }
  checkVersion(value, file); // first: another version may seal in another way
  const isSealed = checkSeal(text, file);
  const record = parseRecord(value, file);
  if (!isSealed)
    throw new ResultsError(
      "E_RECORD_CHECKSUM",
      `${file}: expected a checksum as its last field, got none: it was changed since it was written; delete it to run it again`,
      { file },
    );
  if (basename(file) === `${record.id}.json`) return record;
  throw new ResultsError(
    "E_RECORD_NAME",
    `${file}: expected the record of ${basename(file, ".json")}, got that of ${record.id}; give the file its old name or delete it`,
    { file },
  );
}

/**
 * Reads every record of an output directory (`<directory>/runs/*.json`; a directory named `runs` is read itself).
 * A file that is not a readable record is named in `problems` and does not stop the others. A missing directory holds none.
 */
export async function readRecords(directory: string): Promise<RecordSet> {
  const folder = basename(directory) === "runs" ? directory : join(directory, "runs");
  const records: RunRecord[] = [];
  const problems: RecordProblem[] = [];
  for (const name of await recordFiles(folder)) {
    const file = join(folder, name);
    try {
      records.push(await readRecord(file));
    } catch (error) {
      if (!(error instanceof ResultsError)) throw error;
      problems.push({ file, message: error.message });
    }
  }
  return { records, problems };
}

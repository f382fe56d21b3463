import { closeSync, readSync } from "node:fs";
import { join } from "node:path";
import { openRegular } from "@petl/files";
import { recordFiles } from "./record-files.js";
import type { RunRecord } from "./schema.js";
import { readRecord } from "./store.js";

/** What a record begins with. */
export type RecordHead = Pick<RunRecord, "id" | "status" | "error" | "startedAt" | "endedAt" | "run">;

/** Longest head that is looked for; settings of a method may make it longer. */
const headBytes = 8 << 10;

/** For one file after the other: thousands of buffers would cost more than reading. */
const bytes = Buffer.allocUnsafe(headBytes);

/** The end of the field `run` in a file as `writeRecord` makes it. */
const runEnd = "\n  },\n";

/**
 * Reads the beginning of a record only, for overviews of thousands: neither its checksum nor its fields are checked.
 *
 * @throws ResultsError where the whole record has to be read and cannot be; the file system's error
 */
async function readRecordHead(file: string): Promise<RecordHead> {
  const text = beginning(file);
  const begin = text.indexOf('\n  "run": {');
  const end = begin < 0 ? -1 : text.indexOf(runEnd, begin);
  if (end < 0) return readRecord(file);
  try {
    return JSON.parse(`${text.slice(0, end)}\n  }\n}`) as RecordHead;
  } catch {
    return readRecord(file);
  }
}

function beginning(file: string): string {
  const descriptor = openRegular(file);
  try {
    return bytes.toString("utf8", 0, readSync(descriptor, bytes, 0, headBytes, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** The beginnings of the records of an output directory; a damaged one counts as missing, as for the run itself. */
export async function readRecordHeads(out: string): Promise<RecordHead[]> {
  const folder = join(out, "runs");
  const heads: RecordHead[] = [];
  for (const name of await recordFiles(folder)) {
    const head = await readRecordHead(join(folder, name)).catch(() => null);
    if (head !== null) heads.push(head);
  }
  return heads;
}

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunRecord, writeRecord } from "@petl/results";

/**
 * Writes records that could not be written to their output directory to a new temporary folder that only
 * this user can read. Returns the folder, or undefined if that fails too.
 */
export async function rescueRecords(records: readonly RunRecord[]): Promise<string | undefined> {
  try {
    const folder = mkdtempSync(join(tmpdir(), "petl-bench-unsaved-")); // its name cannot be guessed, its mode is 0700
    for (const record of records) await writeRecord(folder, record);
    return folder;
  } catch {
    return undefined;
  }
}

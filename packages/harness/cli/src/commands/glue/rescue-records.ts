import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunRecord, writeRecord } from "@petl/results";

/**
 * Writes records that could not be written to their output directory to a temporary folder.
 * Returns the folder, or undefined if that fails too.
 */
export async function rescueRecords(records: readonly RunRecord[]): Promise<string | undefined> {
  const folder = join(tmpdir(), `petl-bench-unsaved-${process.pid}`);
  try {
    for (const record of records) await writeRecord(folder, record);
    return folder;
  } catch {
    return undefined;
  }
}

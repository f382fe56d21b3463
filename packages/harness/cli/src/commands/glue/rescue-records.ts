import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunRecord, writeRecord } from "@petl/results";

/**
 * Writes records that their output directory refused to a folder for temporary files.
 * Returns the folder, or undefined if that is refused too.
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

import { existsSync, renameSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { makeDirectory } from "@petl/files";
import { ResultsError } from "./errors.js";
import { readRecord, recordPath } from "./store.js";

/** A damaged record that was moved. */
export interface SetAside {
  /** Where it is now. */
  readonly file: string;
  /** What was wrong with it. */
  readonly reason: string;
}

/**
 * Moves the file in a record's place to `<out>/runs/damaged/` if it cannot be read as that record, so that a new record does not
 * replace it; null where there is none or it is whole. Nothing there is ever replaced.
 *
 * @throws ResultsError E_RECORD_NEWER for a record of a newer version, which stays; E_RECORD_WRITE where the file system refuses
 */
export async function setAsideDamaged(out: string, id: string): Promise<SetAside | null> {
  const file = recordPath(out, id);
  if (!existsSync(file)) return null;
  try {
    await readRecord(file);
    return null;
  } catch (error) {
    if (!(error instanceof ResultsError) || error.code === "E_RECORD_NEWER") throw error;
    return { file: moveAside(file), reason: error.message };
  }
}

function moveAside(file: string): string {
  const folder = join(dirname(file), "damaged");
  const target = freePath(join(folder, basename(file)));
  try {
    makeDirectory(folder);
    renameSync(file, target);
    return target;
  } catch (cause) {
    throw new ResultsError("E_RECORD_WRITE", `cannot move ${file} to ${folder}: ${(cause as Error).message}`, {
      file,
      cause,
    });
  }
}

/** The path, or with a number before its ending where that is taken. */
function freePath(path: string): string {
  const ending = extname(path);
  const numbered = (count: number): string =>
    count === 1 ? path : `${path.slice(0, -ending.length)}.${count}${ending}`;
  let count = 1;
  while (existsSync(numbered(count))) count++;
  return numbered(count);
}

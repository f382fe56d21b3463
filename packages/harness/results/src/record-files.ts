import { readdir } from "node:fs/promises";
import { ResultsError } from "./errors.js";

/** Names of the record files in a folder `runs`, in order; none where there is no such folder. @throws ResultsError E_RECORD_READ */
export async function recordFiles(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => name.endsWith(".json") && !name.startsWith(".")).sort();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new ResultsError("E_RECORD_READ", `cannot list ${folder}: ${(cause as Error).message}`, {
      file: folder,
      cause,
    });
  }
}

import { readFileSync } from "node:fs";

/** A small file of `/proc` or `/sys`, read at once; null where it is not there, or its process has just ended. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return null;
  }
}

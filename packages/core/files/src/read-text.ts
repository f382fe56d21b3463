import { readFileSync } from "node:fs";

/** The text of a small file (UTF-8); null where it cannot be read, for whatever reason. */
export function readTextOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

import { statfsSync } from "node:fs";
import { dirname } from "node:path";

/** Bytes that this user may still write where a path is, or will be; null where the system does not say. */
export function freeBytes(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT";
    return isAbsent && dirname(path) !== path ? freeBytes(dirname(path)) : null;
  }
}

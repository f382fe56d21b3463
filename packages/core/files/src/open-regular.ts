import { closeSync, constants, fstatSync, openSync, type Stats, statSync } from "node:fs";
import { FileError } from "./error.js";

/**
 * Refuses a path that is no regular file, without opening it: a named pipe blocks its reader for good, a device may never end.
 *
 * @throws FileError E_FILE_KIND; the file system's error where there is nothing
 */
export function checkRegular(path: string): void {
  refuseSpecial(path, statSync(path));
}

/**
 * Opens a regular file for reading and returns its descriptor; the caller closes it.
 *
 * @throws FileError E_FILE_KIND; the file system's error
 */
export function openRegular(path: string): number {
  checkRegular(path);
  // a file swapped for a pipe after the check must not block the opening
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    refuseSpecial(path, fstatSync(descriptor));
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function refuseSpecial(path: string, stats: Stats): void {
  if (stats.isFile()) return;
  const remedy = "pass a regular file";
  throw new FileError("E_FILE_KIND", { path, expected: "a regular file", got: kindOf(stats), remedy });
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a directory";
  if (stats.isFIFO()) return "a named pipe";
  if (stats.isSocket()) return "a socket";
  return "a device";
}

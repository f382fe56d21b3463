import { appendFileSync, closeSync, fstatSync, openSync, readSync } from "node:fs";

/**
 * Appends a value to a JSON-lines file as one line, in one write. A last line that a crash cut off is ended first, so
 * that it damages no other.
 *
 * @throws the file system's error
 */
export function appendJsonLine(file: string, value: unknown): void {
  appendFileSync(file, `${endsMidLine(file) ? "\n" : ""}${JSON.stringify(value)}\n`);
}

function endsMidLine(file: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  try {
    const { size } = fstatSync(descriptor);
    const last = Buffer.alloc(1);
    return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last.toString() !== "\n";
  } finally {
    closeSync(descriptor);
  }
}

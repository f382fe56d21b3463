import { closeSync, openSync, readSync } from "node:fs";

/** Bytes at a file's beginning in which its mark is looked for. */
const headBytes = 4096;

/** Whether a file may be replaced: it is missing, or its first 4 KiB hold `mark`, a text that only our files begin with. */
export function mayReplace(path: string, mark: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
  try {
    const head = Buffer.alloc(headBytes);
    return head.toString("utf8", 0, readSync(descriptor, head, 0, headBytes, 0)).includes(mark);
  } catch {
    return false; // a folder
  } finally {
    closeSync(descriptor);
  }
}

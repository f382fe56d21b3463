import { appendFileSync, closeSync, fstatSync, openSync, readSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { ResultsError } from "./errors.js";

/** The lines of a JSON-lines file. `partial` is the text of a last line cut off by a crash; null where the file ends well. */
export interface JsonLines {
  readonly values: unknown[];
  /** Lines before the last that are not JSON; `line` counts from 1. */
  readonly problems: { readonly line: number; readonly message: string }[];
  readonly partial: string | null;
}

/**
 * Appends `value` as one line, in one write. A partial last line left by a crash is ended first, so it spoils no other.
 * Throws `E_RECORD_WRITE` where the file system refuses.
 */
export function appendJsonLine(file: string, value: unknown): void {
  try {
    appendFileSync(file, `${endsMidLine(file) ? "\n" : ""}${JSON.stringify(value)}\n`);
  } catch (cause) {
    throw new ResultsError("E_RECORD_WRITE", `cannot append to ${file}: ${(cause as Error).message}`, { file, cause });
  }
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

/** Reads a JSON-lines file, tolerating a last partial line. A file that is not there throws `E_RECORD_READ`. */
export async function readJsonLines(file: string): Promise<JsonLines> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new ResultsError("E_RECORD_READ", `cannot read ${file}: ${(cause as Error).message}`, { file, cause });
  }
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  const values: unknown[] = [];
  const problems: { line: number; message: string }[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    try {
      values.push(JSON.parse(line));
    } catch (error) {
      problems.push({ line: index + 1, message: (error as Error).message });
    }
  }
  return { values, problems, partial: last.trim() === "" ? null : last };
}

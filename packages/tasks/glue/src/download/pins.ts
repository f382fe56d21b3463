import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory, writeWholeSync } from "@petl/files";
import { TaskError } from "@petl/task";
import type { GlueTask } from "../task.js";

/** One file that was downloaded. */
export interface Origin {
  readonly url: string;
  readonly sha256: string;
}

/** SHA-256 of each file in order of the task's addresses, as they were first downloaded into a cache. */
type Pins = readonly string[];

/**
 * Compares files with those of the first download into this cache, which outlive the task's folder: the official host publishes no digests.
 *
 * @throws {TaskError} `E_TASK_ARCHIVE` where one has changed since
 */
export function checkPins(task: GlueTask, directory: string, files: readonly Origin[]): void {
  const file = pinFile(task, directory);
  const pins = readPins(file);
  for (const [index, { url, sha256 }] of files.entries()) {
    const pin = pins?.[index];
    if (pin === undefined || pin === sha256) continue;
    throw new TaskError("E_TASK_ARCHIVE", `${task.title}'s ${url} is not what was first downloaded`, {
      expected: `sha256 ${pin}`,
      got: sha256,
      remedy: `scores on other data do not compare; if it was changed on purpose, delete ${file}`,
    });
  }
}

/** Keeps the digests of a first download. @throws the file system's error */
export function writePins(task: GlueTask, directory: string, files: readonly Origin[]): void {
  const file = pinFile(task, directory);
  if (readPins(file) !== null) return;
  makeDirectory(join(file, ".."));
  writeWholeSync(file, `${JSON.stringify(files.map(({ sha256 }) => sha256))}\n`);
}

function pinFile(task: GlueTask, directory: string): string {
  return join(directory, ".pins", `${task.folder}.json`);
}

/** Null where there are none. A damaged file is an error: without it a change would pass unseen. */
function readPins(file: string): Pins | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  if (/^\["[0-9a-f]{64}"(,"[0-9a-f]{64}")*\]\s*$/.test(text)) return JSON.parse(text) as Pins;
  throw new TaskError("E_TASK_CACHE", "the digests of the first download are damaged", {
    file,
    expected: "a list of SHA-256",
    remedy: "delete it to take the next download as the first",
  });
}

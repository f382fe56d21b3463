import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Task } from "../task.js";
import { hasSplit, locate } from "./locate.js";
import { openFile } from "./rows.js";

/** SHA-256 of the files that a task is scored on, by split, without reading an example. @throws {GlueError} as `loadSplit` of a file that is not there */
export async function evaluationDigests(directory: string, task: Task): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const name of task.evaluations) {
    const layout = task.splits[name]!;
    if (layout.optional && !hasSplit(directory, task, name)) continue;
    const hash = createHash("sha256");
    const { file } = locate(directory, task, layout);
    await pipeline(createReadStream(file, { fd: openFile(file) }), hash);
    digests[name] = hash.digest("hex");
  }
  return digests;
}

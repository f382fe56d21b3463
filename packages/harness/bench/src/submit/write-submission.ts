import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { makeDirectory, writeWhole } from "@petl/files";
import { checkPredictions, constantPredictions, zipPredictions } from "@petl/glue";
import type { SubmittedFile } from "./plan-submission.js";

/**
 * Checks the eleven files of a submission and writes them as one archive, whole or not at all.
 *
 * @throws GlueError E_GLUE_SUBMISSION for a file that the server would refuse
 */
export async function writeSubmission(path: string, files: readonly SubmittedFile[]): Promise<void> {
  const texts = new Map<string, string>();
  for (const { file, from } of files) {
    const text = from === null ? constantPredictions(file) : await readFile(from.path, "utf8");
    checkPredictions(file, text, from?.path);
    texts.set(file.name, text);
  }
  makeDirectory(dirname(path));
  await writeWhole(path, zipPredictions(texts));
}

import { dirname } from "node:path";
import { makeDirectory, readText, writeWhole } from "@petl/files";
import { checkPredictions, constantPredictions, zipPredictions } from "@petl/glue";
import type { SubmittedFile } from "./assign-runs.js";

/** Ten times the largest, QQP's 391,000 lines. */
export const mostPredictionBytes = 64 << 20;

/**
 * Checks the eleven files of a submission and writes them as one archive, whole or not at all.
 *
 * @throws TaskError E_TASK_SUBMISSION for a file that the server would refuse
 */
export async function writeSubmission(path: string, files: readonly SubmittedFile[]): Promise<void> {
  const texts = new Map<string, string>();
  for (const { file, from } of files) {
    const text = from === null ? constantPredictions(file) : readText(from.path, mostPredictionBytes);
    checkPredictions(file, text, from?.path);
    texts.set(file.name, text);
  }
  makeDirectory(dirname(path));
  await writeWhole(path, zipPredictions(texts));
}

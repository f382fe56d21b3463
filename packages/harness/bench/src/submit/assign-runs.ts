import { join } from "node:path";
import { findTask, type SubmissionFile, submissionFiles } from "@petl/glue";
import type { RunRecord } from "@petl/results";
import { BenchError } from "../errors.js";

/** One file of a submission and the run that predicts it; null: a constant answer. */
export interface SubmittedFile {
  readonly file: SubmissionFile;
  readonly from: PredictedBy | null;
}

/** The run whose model predicts a file, and the predictions' path: `<out>/predictions/<run>/<name>.tsv`. */
interface PredictedBy {
  readonly record: RunRecord;
  readonly path: string;
}

/**
 * Assigns a run to each of the eleven files before anything is predicted: the run of its task, or a constant where `fill`
 * names the task. @throws BenchError E_SUBMISSION naming the files without either
 */
export function assignRuns(
  out: string,
  runs: ReadonlyMap<string, RunRecord>,
  fill: readonly string[],
): SubmittedFile[] {
  const filled = fill.map((name) => findTask(name).name);
  const files = submissionFiles.map((file): SubmittedFile => {
    const record = filled.includes(file.task.name) ? undefined : runs.get(file.predictedBy);
    const path = join(out, "predictions", record?.id ?? "", `${file.name}.tsv`);
    return { file, from: record ? { record, path } : null };
  });
  const lacking = files.filter(({ file, from }) => from === null && !filled.includes(file.task.name));
  if (lacking.length === 0) return files;
  const names = lacking.map(({ file }) => file.name).join(", ");
  const tasks = [...new Set(lacking.map(({ file }) => file.task.name))].join(",");
  throw new BenchError(
    "E_SUBMISSION",
    `expected models for all eleven files, got none for ${names}; run those tasks with --save, or pass --fill ${[...filled, tasks].join(",")} to answer them with a constant`,
  );
}

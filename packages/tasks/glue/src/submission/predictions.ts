import { quote, TaskError } from "@petl/task";
import { zipSync } from "fflate";
import type { GlueTask } from "../task.js";
import type { SubmissionFile } from "./files.js";

const header = "index\tprediction";

/**
 * The text of a submission file: a header, then a row an example in the order of the test file, index from 0.
 *
 * A class is written as GLUE's own files write it (0 and 1, or the word), a score clipped to its range with three decimals.
 * A prediction that is no valid answer leaves its cell empty, which {@link checkPredictions} refuses.
 */
export function predictionsText(task: GlueTask, predictions: readonly (number | undefined)[]): string {
  return [header, ...predictions.map((prediction, index) => `${index}\t${answer(task, prediction)}`), ""].join("\n");
}

/** The text of a file whose every answer is the first class, or the middle of the scores: for a task nobody predicted. */
export function constantPredictions({ task, split }: SubmissionFile): string {
  const { target } = task;
  const value = target.kind === "class" ? 0 : (target.minimum + target.maximum) / 2;
  return predictionsText(task, new Array<number>(officialRows(task, split)).fill(value));
}

function answer({ target }: GlueTask, prediction: number | undefined): string {
  if (prediction === undefined) return "";
  if (target.kind === "class") return target.labels[prediction]!.file;
  return Math.min(target.maximum, Math.max(target.minimum, prediction)).toFixed(3);
}

/**
 * Checks a submission file as the server would: header, one row for each official test example in order, valid answers.
 * @throws {TaskError} `E_TASK_SUBMISSION` with file and line of the first thing wrong.
 */
export function checkPredictions({ name, task, split }: SubmissionFile, text: string, file = `${name}.tsv`): void {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const fail = (line: number, what: string, expected: string, got: string, remedy: string): never => {
    throw new TaskError("E_TASK_SUBMISSION", what, { file, line, expected, got, remedy });
  };
  if (lines[0] !== header) fail(1, "wrong header", quote(header), quote(lines[0] ?? ""), "predict it again");
  const rows = officialRows(task, split);
  if (lines.length - 1 !== rows)
    fail(
      lines.length,
      `wrong number of answers for ${task.title} ${split}`,
      `${rows}, one a row of the official test file`,
      String(lines.length - 1),
      "predict the whole official file: give the directory that holds it with --data",
    );
  for (const [index, line] of lines.slice(1).entries()) {
    const [at, prediction = "", ...more] = line.split("\t");
    if (at !== String(index) || more.length > 0)
      fail(index + 2, "wrong row", `index ${index}, a tab and an answer`, quote(line), "predict it again");
    if (!isAnswer(task, prediction))
      fail(
        index + 2,
        "no valid answer",
        answersOf(task),
        quote(prediction),
        "decode over the task's answers (--decode trie)",
      );
  }
}

function isAnswer({ target }: GlueTask, text: string): boolean {
  if (target.kind === "class") return target.labels.some(({ file }) => file === text);
  const score = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return score >= target.minimum && score <= target.maximum;
}

function answersOf({ target }: GlueTask): string {
  if (target.kind === "class") return `one of ${target.labels.map(({ file }) => file).join(", ")}`;
  return `a number from ${target.minimum} to ${target.maximum}`;
}

function officialRows(task: GlueTask, split: SubmissionFile["split"]): number {
  return task.splits[split]!.officialRows;
}

/** The archive to upload, `<name>.tsv` by name of the submission file; the same texts give the same bytes. */
export function zipPredictions(texts: ReadonlyMap<string, string>): Uint8Array {
  const encoder = new TextEncoder();
  const files = Object.fromEntries([...texts].map(([name, text]) => [`${name}.tsv`, encoder.encode(text)]));
  return zipSync(files, { mtime: "1980-01-01T12:00:00Z" });
}

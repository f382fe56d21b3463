import type { DatasetOptions } from "@petl/hub";
import { type Column, readTable } from "@petl/tables";
import { type Collection, type Target, TaskError } from "@petl/task";
import { cellAt } from "./cells.js";
import { checkScoring } from "./check-scoring.js";
import { findColumns } from "./columns.js";
import type { ParsedDefinition } from "./definition.js";
import { filesOf } from "./find-files.js";
import { Answers, defaultMetrics } from "./find-target.js";
import type { TableTask } from "./table-task.js";
import { textOf } from "./texts.js";

/** The share of training rows that are kept as the test where there is none. */
const testShare = 0.2;

export interface OpenedTask {
  readonly task: TableTask;
  /** What was guessed or left out, one sentence each. */
  readonly notices: readonly string[];
}

export interface OpenTaskOptions {
  /** Where relative paths start. */
  readonly directory: string;
  /** What the task is published in. */
  readonly collection?: Collection | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How the hub is asked for a data set. */
  readonly hub?: DatasetOptions | undefined;
  /** Bytes of the training file that were read, and of how many. */
  readonly onProgress?: ((bytes: number, totalBytes: number) => void) | undefined;
}

/**
 * Finds a task's files and, where it does not say them, the classes or the range of its answers, for which it reads the training file
 * once.
 *
 * @throws {TaskError} for a column or answers that do not fit; {TableError} for files that cannot be read
 */
export async function openTableTask(definition: ParsedDefinition, options: OpenTaskOptions): Promise<OpenedTask> {
  const { name, title = name, text, label, group, mergeRows, prompt, sortsFields, lengths } = definition;
  const { files, notices } = await filesOf(definition, options);
  const columns = Object.fromEntries(text.map((column) => [column, column]));
  const { target, isFound } = await targetOf(
    definition,
    { columns, label, title, ...(group && { group }) },
    files.train,
    options,
  );
  if (isFound) notices.push(`${title}: ${describe(target, label)}.`);
  const cut = files.test === undefined ? testShare : null;
  if (cut !== null)
    notices.push(
      `${title}: no test rows were given, so a fixed fifth of the training rows is kept for the final score.`,
    );
  const metrics = definition.metrics ?? defaultMetrics(target);
  checkScoring(definition, { target, metrics, cut });
  if (mergeRows)
    notices.push(`${title}: test rows with the same texts are one example, and each of their answers is right.`);
  const task: TableTask = {
    ...{ layout: "table", name, title, fields: text, columns, label, target, cut },
    ...(group && { group }),
    ...(mergeRows && { mergeRows }),
    ...(sortsFields && { sortsFields }),
    ...(lengths && {
      lengths: { ...(lengths.source && { source: lengths.source }), ...(lengths.answer && { answer: lengths.answer }) },
    }),
    ...(options.collection !== undefined && { collection: options.collection }),
    ...(prompt !== undefined && { prompt: { text: prompt.text, ...(prompt.answers && { answers: prompt.answers }) } }),
    files: { train: files.train, ...(files.test && { test: files.test }) },
    evaluations: ["test"],
    metrics,
  };
  return { task, notices };
}

async function targetOf(
  { kind, labels }: ParsedDefinition,
  task: Pick<TableTask, "columns" | "label" | "title" | "group">,
  train: readonly string[],
  { signal, onProgress }: OpenTaskOptions,
): Promise<{ readonly target: Target; readonly isFound: boolean }> {
  if (kind === "text") return { target: { kind: "text" }, isFound: false };
  if (labels !== undefined) return { target: { kind: "class", labels }, isFound: false };
  const answers = new Answers();
  let column: Column | undefined;
  await readTable(train, {
    signal,
    onColumns: (columns) => {
      column = findColumns(task, columns, train[0]!);
    },
    onRow: ({ values, place }) => {
      const text = textOf(cellAt(values, task.label), task.label, place);
      if (text !== null) answers.add(text);
    },
    onProgress: ({ bytes, totalBytes }) => onProgress?.(bytes, totalBytes),
  });
  if (column === undefined) throw new TaskError("E_TASK_EMPTY", "the file holds no row", { file: train[0]! });
  return { target: answers.target(kind, column, train[0]!), isFound: true };
}

function describe(target: Target, column: string): string {
  if (target.kind === "text") return `texts are in "${column}"`;
  if (target.kind === "score") return `scores from ${target.minimum} to ${target.maximum} were found in "${column}"`;
  const words = target.labels.map(({ word }) => word);
  const shown = words.length > 10 ? `${words.slice(0, 9).join(", ")}, ... ${words.at(-1)}` : words.join(", ");
  return `${words.length} classes were found in "${column}": ${shown}`;
}

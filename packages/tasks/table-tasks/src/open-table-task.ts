import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type Column, findSplits, readTable } from "@petl/tables";
import { type Target, TaskError } from "@petl/task";
import { findColumns } from "./columns.js";
import type { ParsedDefinition } from "./definition.js";
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
  readonly signal?: AbortSignal | undefined;
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
  const { name, title = name, collection, text, label, prompt } = definition;
  const { files, notices } = filesOf(definition, options.directory);
  const columns = Object.fromEntries(text.map((column) => [column, column]));
  const { target, isFound } = await targetOf(definition, { columns, label, title }, files.train, options);
  if (isFound) notices.push(`${title}: ${describe(target, label)}.`);
  const cut = files.test === undefined ? testShare : null;
  if (cut !== null)
    notices.push(
      `${title}: no test rows were given, so a fixed fifth of the training rows is kept for the final score.`,
    );
  const task: TableTask = {
    ...{ layout: "table", name, title, fields: text, columns, label, target, cut },
    ...(collection !== undefined && { collection }),
    ...(prompt !== undefined && { prompt: { text: prompt.text, ...(prompt.answers && { answers: prompt.answers }) } }),
    files: { train: files.train, ...(files.test && { test: files.test }) },
    evaluations: ["test"],
    metrics: definition.metrics ?? defaultMetrics(target),
  };
  return { task, notices };
}

interface Files {
  readonly train: readonly string[];
  readonly test?: readonly string[] | undefined;
}

function filesOf({ data, name }: ParsedDefinition, directory: string): { files: Files; notices: string[] } {
  const absolute = (paths: string | readonly string[]): string[] =>
    [paths].flat().map((path) => resolve(directory, path));
  if (typeof data === "object" && !Array.isArray(data))
    return { files: { train: absolute(data.train), ...(data.test && { test: absolute(data.test) }) }, notices: [] };
  const paths = absolute(data);
  const [only] = paths;
  if (paths.length > 1 || !existsSync(only!) || !statSync(only!).isDirectory())
    return { files: { train: paths }, notices: [] };
  const { train, validation, test } = findSplits(only!);
  if (train === undefined)
    throw new TaskError("E_TASK_SPLIT", `${name} has no training rows`, {
      file: only!,
      expected: "a file or folder whose name says train",
      got: [validation && "validation", test && "test"].filter(Boolean).join(" and "),
    });
  const notices =
    validation !== undefined && test !== undefined
      ? [`${name}: its validation rows are not used: what chooses settings is held out of the training rows.`]
      : [];
  return { files: { train, test: test ?? validation }, notices };
}

async function targetOf(
  { kind, labels }: ParsedDefinition,
  task: Pick<TableTask, "columns" | "label" | "title">,
  train: readonly string[],
  { signal, onProgress }: OpenTaskOptions,
): Promise<{ readonly target: Target; readonly isFound: boolean }> {
  if (labels !== undefined) return { target: { kind: "class", labels }, isFound: false };
  const answers = new Answers();
  let column: Column | undefined;
  await readTable(train, {
    signal,
    onColumns: (columns) => {
      column = findColumns(task, columns, train[0]!);
    },
    onRow: ({ values, place }) => {
      const text = textOf(values[task.label], task.label, place);
      if (text !== null) answers.add(text);
    },
    onProgress: ({ bytes, totalBytes }) => onProgress?.(bytes, totalBytes),
  });
  if (column === undefined) throw new TaskError("E_TASK_EMPTY", "the file holds no row", { file: train[0]! });
  return { target: answers.target(kind, column, train[0]!), isFound: true };
}

function describe(target: Target, column: string): string {
  if (target.kind === "score") return `scores from ${target.minimum} to ${target.maximum} were found in "${column}"`;
  const words = target.labels.map(({ word }) => word);
  const shown = words.length > 10 ? `${words.slice(0, 9).join(", ")}, ... ${words.at(-1)}` : words.join(", ");
  return `${words.length} classes were found in "${column}": ${shown}`;
}

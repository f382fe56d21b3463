import { type Place, placeText, type Row, readTable } from "@petl/tables";
import {
  checkLimit,
  type Example,
  GroupSample,
  quote,
  Sample,
  type Split,
  scatter,
  TaskError,
  type TaskReader,
} from "@petl/task";
import { cellAt } from "./cells.js";
import { findColumns } from "./columns.js";
import { groupReader } from "./group-reader.js";
import { rowMerger } from "./merge-rows.js";
import type { TableTask } from "./table-task.js";
import { numberOf, textOf, textsOf } from "./texts.js";

/** Bytes of a split's files that were read, and of how many. */
export type ReadProgress = (bytes: number, totalBytes: number) => void;

/** A reader of a task's splits in its tables. Rows without a text or an answer are dropped and counted. */
export function tableReader(task: TableTask, onProgress: ReadProgress = () => {}): TaskReader {
  return {
    task,
    ...{ source: "table", notices: [], evaluations: task.evaluations },
    read: (split, limit) => readSplit(task, split, limit, onProgress),
  };
}

async function readSplit(
  task: TableTask,
  name: string,
  limit: number | undefined,
  onProgress: ReadProgress,
): Promise<Split> {
  checkLimit(limit);
  const files = task.files[name] ?? (task.cut === null ? undefined : task.files.train);
  if (files === undefined) {
    const expected = `one of ${Object.keys(task.files).join(", ")}`;
    throw new TaskError("E_TASK_SPLIT", `${task.title} has no such split`, { expected, got: quote(name) });
  }
  const isGrouped = task.group !== undefined && limit !== undefined;
  const sample = isGrouped ? new GroupSample<Example>(limit) : new Sample<Example>(limit);
  const groupOf = groupReader(task);
  const answerOf = answerReader(task);
  const textsOfExample = task.mergeRows && name !== "train" ? rowMerger() : null;
  let [position, rows, dropped] = [0, 0, 0];
  const { sha256 } = await readTable(files, {
    onProgress: ({ bytes, totalBytes }) => onProgress(bytes, totalBytes),
    onColumns: (columns) => findColumns(task, columns, files[0]!),
    onRow: (row) => {
      const index = position++;
      const { group, first } = groupOf(row, index);
      if (!isOfSplit(task, name, first)) return;
      const sentences = sentencesOf(task, row);
      const answer = answerOf(row);
      if (sentences === null || answer === null) {
        dropped += 1;
        return;
      }
      const texts = textsOfExample?.({ sentences, ...answer });
      if (texts === null) return;
      rows += 1;
      const merged = texts === undefined ? answer : { ...answer, texts };
      sample.offer(index, () => ({ index, sentences, ...merged, ...(group !== undefined && { group }) }), first);
    },
  });
  if (rows === 0) {
    const got = dropped > 0 ? `${dropped} rows that all lack a text or an answer` : "none";
    throw new TaskError("E_TASK_EMPTY", "the file holds no usable row", {
      file: files[0]!,
      expected: "data rows",
      got,
    });
  }
  return { name, examples: sample.items(), dropped, file: { path: files[0]!, sha256, rows, officialRows: null } };
}

/** Where `test` is cut from the training file, rows are drawn by their position, or that of their group's first row: the same ones whatever is read. */
function isOfSplit({ cut }: TableTask, split: string, position: number): boolean {
  if (cut === null) return true;
  return scatter(position) < cut * 2 ** 32 === (split === "test");
}

function sentencesOf({ columns }: TableTask, { values, place }: Row): Record<string, string> | null {
  const texts = Object.entries(columns).map(
    ([field, column]) => [field, textOf(cellAt(values, column), column, place)] as const,
  );
  return texts.every(([, text]) => text !== null) ? (Object.fromEntries(texts) as Record<string, string>) : null;
}

type Answer = Pick<Example, "label" | "texts">;

/** A function from a row to its answer; null where it has none. */
function answerReader(task: TableTask): (row: Row) => Answer | null {
  const { label: path, target } = task;
  if (target.kind === "text")
    return ({ values, place }) => {
      const texts = textsOf(cellAt(values, path), path, place);
      return texts && { label: undefined, texts };
    };
  const labelOf = labelReader(task);
  return ({ values, place }) => {
    const text = textOf(cellAt(values, path), path, place);
    return text === null ? null : { label: labelOf(text, place) };
  };
}

/** A function from an answer in the files to a class index or score. @throws {TaskError} `E_TASK_LABEL` for any other */
function labelReader({ target, title, label }: TableTask): (text: string, place: Place) => number {
  const refuse = (expected: string, text: string, place: Place): never => {
    const what = `${placeText(place)}: not an answer of ${title} (column "${label}")`;
    throw new TaskError("E_TASK_LABEL", what, { expected, got: quote(text) });
  };
  if (target.kind === "class") {
    const classes = new Map(target.labels.map(({ file }, index) => [file, index]));
    const names = target.labels.map(({ file }) => file);
    const expected = `one of ${names.slice(0, 10).join(", ")}${names.length > 10 ? ", ..." : ""}`;
    return (text, place) => classes.get(text) ?? refuse(expected, text, place);
  }
  return (text, place) => {
    const score = numberOf(text);
    return Number.isFinite(score) ? score : refuse("a number", text, place);
  };
}

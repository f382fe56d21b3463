import { checkLimit, type Example, Sample, type Split, TaskError } from "@petl/task";
import type { GlueTask, SplitLayout } from "../task.js";
import { findColumns, type Positions } from "./header.js";
import { labelReader } from "./label-reader.js";
import { locate } from "./locate.js";
import { readRows } from "./rows.js";
import { type RowFilter, selectPairs } from "./select-pairs.js";

export interface SplitOptions {
  /** Keep a fixed random sample of this many rows, in file order; the same whatever the method or training seed. */
  readonly limit?: number | undefined;
}

/**
 * Reads one split of a task from a directory in the official layout. Every row is checked, those beyond the limit too.
 *
 * @throws {TaskError} `E_TASK_SPLIT`, `E_TASK_LIMIT`, `E_TASK_FILE_MISSING`, `E_TASK_COLUMNS`, `E_TASK_ROW`,
 * `E_TASK_LABEL`, or `E_TASK_EMPTY` where no row is left.
 */
export async function loadSplit(
  directory: string,
  task: GlueTask,
  name: string,
  options: SplitOptions = {},
): Promise<Split> {
  checkLimit(options.limit);
  const layout = task.splits[name];
  if (layout === undefined) {
    const expected = `one of ${Object.keys(task.splits).join(", ")}`;
    throw new TaskError("E_TASK_SPLIT", `${task.title} has no such split`, { expected, got: `"${name}"` });
  }
  const found = locate(directory, task, layout);
  const path = found.file;
  const filter = found.selection && (await selectPairs(task, found.selection));
  const collector = new Collector(task, layout, path, options.limit, filter);
  const sha256 = await readRows(path, (fields, line) => collector.row(fields, line));
  const { examples, rows, dropped } = collector.finish();
  return { name, examples, dropped, file: { path, sha256, rows, officialRows: layout.officialRows } };
}

class Collector {
  readonly #sample: Sample<Example>;
  readonly #readLabel: (text: string, file: string, line: number) => number;
  #positions: Positions | undefined;
  #index = 0;
  #dropped = 0;

  constructor(
    readonly task: GlueTask,
    readonly layout: SplitLayout,
    readonly file: string,
    limit: number | undefined,
    readonly filter: RowFilter | undefined,
  ) {
    this.#sample = new Sample(limit);
    this.#readLabel = labelReader(task);
  }

  row(fields: string[], line: number): void {
    if (this.#positions === undefined) {
      this.#positions = findColumns(this.task, this.layout, fields, this.file);
      this.filter?.header(fields, this.file);
      if (this.layout.headerless === undefined) return;
    }
    const positions = this.#positions;
    if (this.filter !== undefined && fields.length === positions.count && !this.filter.keeps(fields)) return;
    const index = this.#index++;
    if (this.#hasMissingField(fields, positions, line)) {
      this.#dropped += 1;
      return;
    }
    this.#refuseEmptyText(fields, positions, line);
    const label =
      positions.label === undefined ? undefined : this.#readLabel(fields[positions.label]!, this.file, line);
    this.#sample.offer(index, () => ({ index, sentences: sentencesOf(fields, positions), label }));
  }

  finish(): { examples: Example[]; rows: number; dropped: number } {
    const rows = this.#index - this.#dropped;
    if (rows > 0) return { examples: this.#sample.items(), rows, dropped: this.#dropped };
    const got = this.#dropped > 0 ? `${this.#dropped} rows that all lack a field` : "none";
    throw new TaskError("E_TASK_EMPTY", "the file holds no usable row", {
      file: this.file,
      expected: "data rows",
      got,
    });
  }

  /** True where the row has the defect that the task declares; any other wrong number of columns is refused. */
  #hasMissingField(fields: string[], positions: Positions, line: number): boolean {
    const mayDrop = this.task.defects.missingField === "drop";
    if (mayDrop && fields.length < positions.count) return true;
    if (fields.length !== positions.count) {
      throw new TaskError("E_TASK_ROW", "wrong number of columns", {
        file: this.file,
        line,
        expected: `${positions.count} separated by tabs`,
        got: String(fields.length),
        remedy: "the file is damaged or was rewritten by a program that quotes fields",
      });
    }
    return mayDrop && positions.label !== undefined && fields[positions.label] === "";
  }

  #refuseEmptyText(fields: string[], positions: Positions, line: number): void {
    if (this.task.defects.emptyText === "keep") return;
    const empty = positions.fields.find(([, position]) => fields[position] === "");
    if (empty === undefined) return;
    const details = { file: this.file, line, expected: "text", got: '""', remedy: "the row is damaged" };
    throw new TaskError("E_TASK_ROW", `${empty[0]} is empty`, details);
  }
}

function sentencesOf(fields: string[], positions: Positions): Record<string, string> {
  return Object.fromEntries(positions.fields.map(([name, position]) => [name, detached(fields[position]!)]));
}

/** A copy: a field is a slice that keeps its whole line in memory, 400 MB over MNLI's training file. */
function detached(text: string): string {
  return Buffer.from(text).toString();
}

import { nearest, quote, TaskError } from "@petl/task";
import type { Column, GlueTask, SplitLayout } from "../task.js";
import { allTasks } from "../tasks/index.js";

/** Positions of the columns of one file. */
export interface Positions {
  readonly fields: readonly (readonly [name: string, position: number])[];
  /** `undefined` where the file has no labels. */
  readonly label: number | undefined;
  /** Columns of every row. */
  readonly count: number;
}

/** The columns of a text field or the label, as the split or else the task names them. */
function columnsOf(task: GlueTask, layout: SplitLayout): { fields: [string, Column][]; label: Column | null } {
  const columns = layout.columns ?? task.columns;
  return {
    fields: task.fields.map((field) => [field, columns[field]!]),
    label: layout.label === undefined ? task.label : layout.label,
  };
}

/**
 * Finds a split's columns in the first row of its file; a file without header is known by its column count.
 * @throws {TaskError} `E_TASK_COLUMNS`, naming the nearest column, or the task whose file it is.
 */
export function findColumns(task: GlueTask, layout: SplitLayout, firstRow: readonly string[], file: string): Positions {
  const { fields, label } = columnsOf(task, layout);
  if (layout.headerless === undefined) refuseRepeated(firstRow, file);
  const at = (column: Column) => positionOf(task, column, firstRow, file);
  return {
    fields: fields.map(([name, column]) => [name, at(column)]),
    label: label === null ? undefined : at(label),
    count: layout.headerless ?? firstRow.length,
  };
}

function refuseRepeated(header: readonly string[], file: string): void {
  const repeated = header.find((name, index) => header.indexOf(name) !== index);
  if (repeated === undefined) return;
  throw new TaskError("E_TASK_COLUMNS", `the header has the column ${quote(repeated)} twice`, {
    file,
    line: 1,
    expected: "each column once",
    got: header.slice(0, 12).map(quote).join(" "),
    remedy: "remove one of the two from every row",
  });
}

/** The position of one column. */
export function positionOf(task: GlueTask, column: Column, header: readonly string[], file: string): number {
  const position = typeof column === "number" ? column : header.indexOf(column);
  if (position >= 0) return position;
  throw new TaskError("E_TASK_COLUMNS", `the header has no column "${column}"`, {
    file,
    line: 1,
    expected: `a header of ${task.title} with "${column}"`,
    got: header.slice(0, 12).map(quote).join(" "),
    remedy: remedyFor(task, String(column), header),
  });
}

function remedyFor(task: GlueTask, column: string, header: readonly string[]): string {
  const other = allTasks.find((each) => each !== task && isHeaderOf(each, header));
  if (other !== undefined) return `these are the columns of ${other.title}: some download scripts swap archives`;
  const known: readonly Column[] = [...Object.values(task.columns), task.label];
  const unknown = header.filter((name) => !known.includes(name));
  const near = nearest(column, unknown);
  return near === undefined ? "columns are found by name, in any order" : `did you mean ${quote(near)}?`;
}

function isHeaderOf(task: GlueTask, header: readonly string[]): boolean {
  return [...Object.values(task.columns), task.label].every((column) => header.includes(String(column)));
}

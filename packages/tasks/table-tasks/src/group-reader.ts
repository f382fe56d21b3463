import { placeText, type Row } from "@petl/tables";
import { TaskError } from "@petl/task";
import { cellAt } from "./cells.js";
import type { TableTask } from "./table-task.js";
import { textOf } from "./texts.js";

/** A row's group, if rows have one, and the position of the group's first row, or else its own. */
export interface RowGroup {
  readonly group?: string;
  readonly first: number;
}

/** A function from a row and its position to its group. It throws {TaskError} `E_TASK_ROW` for a row without one. */
export function groupReader({ group: paths, title }: TableTask): (row: Row, position: number) => RowGroup {
  if (paths === undefined) return (_, first) => ({ first });
  const firsts = new Map<string, number>();
  return ({ values, place }, position) => {
    const parts = paths.map((path) => {
      const text = textOf(cellAt(values, path), path, place);
      if (text !== null) return text;
      const expected = "a value in every row, as rows are scored by group";
      throw new TaskError("E_TASK_ROW", `${placeText(place)}: no group of ${title} (column "${path}")`, {
        expected,
        got: "none",
      });
    });
    const group = JSON.stringify(parts);
    const first = firsts.get(group) ?? position;
    firsts.set(group, first);
    return { group, first };
  };
}

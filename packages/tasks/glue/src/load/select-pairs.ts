import { TaskError } from "@petl/task";
import type { GlueTask, PairSelection } from "../task.js";
import { positionOf } from "./header.js";
import { readRows } from "./rows.js";

/** Chooses the rows of a file that belong to a split. */
export interface RowFilter {
  /** Takes the header; called once, before `keeps`. */
  header(fields: readonly string[], file: string): void;
  keeps(fields: readonly string[]): boolean;
}

/**
 * Reads the list of id pairs that tells MRPC's development rows from its training rows.
 * @throws {TaskError} `E_TASK_ROW` for a line without exactly two ids.
 */
export async function selectPairs(task: GlueTask, selection: PairSelection): Promise<RowFilter> {
  const listed = new Set<string>();
  await readRows(selection.pairs, (fields, line) => {
    if (fields.length !== 2) {
      const details = { file: selection.pairs, line, expected: "two ids separated by a tab", got: `${fields.length}` };
      throw new TaskError("E_TASK_ROW", "wrong number of columns", details);
    }
    listed.add(fields.join("\t"));
  });
  const [first, second] = selection.idColumns;
  let at: readonly [number, number] = [0, 0];
  return {
    header: (fields, file) => {
      at = [positionOf(task, first, fields, file), positionOf(task, second, fields, file)];
    },
    keeps: (fields) => listed.has(`${fields[at[0]]}\t${fields[at[1]]}`) === (selection.keep === "listed"),
  };
}

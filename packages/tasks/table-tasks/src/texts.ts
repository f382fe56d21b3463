import { type Cell, type Place, placeText } from "@petl/tables";
import { TaskError } from "@petl/task";

/** A cell as a text; null where there is none. Lists, such as the tokens of a sentence, are joined by spaces. */
export function textOf(cell: Cell | undefined, column: string, place: Place): string | null {
  if (cell === null || cell === undefined || cell === "") return null;
  if (typeof cell !== "object") return String(cell);
  const parts = Array.isArray(cell)
    ? cell.map((each: Cell) => (typeof each === "object" ? null : String(each)))
    : [null];
  if (parts.every((part) => part !== null)) return parts.join(" ") || null;
  throw new TaskError("E_TASK_ROW", `${placeText(place)}: column "${column}" holds no text`, {
    expected: "a text, a number or a list of them",
    got: JSON.stringify(cell).slice(0, 60),
  });
}

/** A cell as a number; NaN where it is none. */
export function numberOf(text: string): number {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : Number.NaN;
}

/** The texts that are right: of a list each, which may be none; null where there is no text. */
export function textsOf(cell: Cell | undefined, column: string, place: Place): readonly string[] | null {
  const cells: readonly (Cell | undefined)[] = Array.isArray(cell) ? cell : [cell];
  const texts = [...new Set(cells.map((each) => textOf(each, column, place)).filter((text) => text !== null))];
  return texts.length === 0 ? null : texts;
}

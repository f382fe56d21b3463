import type { Cell } from "@petl/tables";

/** A cell by its column's name, or within one by a path such as `answers.text`; of a list of objects, that of each. */
export function cellAt(values: Readonly<Record<string, Cell>>, path: string): Cell | undefined {
  if (Object.hasOwn(values, path)) return values[path];
  const [first, ...rest] = path.split(".");
  return rest.reduce<Cell | undefined>(within, Object.hasOwn(values, first!) ? values[first!] : undefined);
}

function within(cell: Cell | undefined, key: string): Cell | undefined {
  if (cell === null || typeof cell !== "object") return undefined;
  if (Array.isArray(cell)) return (cell as readonly Cell[]).map((each) => within(each, key) ?? null);
  const object = cell as Readonly<Record<string, Cell>>;
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The column that a path begins in. */
export const columnOf = (path: string, names: readonly string[]): string | undefined => {
  if (names.includes(path)) return path;
  const [first] = path.split(".");
  return path.includes(".") && names.includes(first!) ? first : undefined;
};

/** A heading, and rows of which the first names the columns. */
export interface ForecastTable {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

/** Characters between the columns of a terminal table, and before the first. */
const gap = 2;

/** A table as one or several of at most `width` characters where its columns allow; each repeats the first column. */
export function fitWidth({ title, rows }: ForecastTable, width: number): ForecastTable[] {
  const columns = rows[0]?.length ?? 0;
  const widthOf = (column: number): number => gap + Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const parts: number[][] = [[]];
  let used = widthOf(0);
  for (let column = 1; column < columns; column++) {
    if (used + widthOf(column) > width && parts.at(-1)!.length > 0) {
      parts.push([]);
      used = widthOf(0);
    }
    parts.at(-1)!.push(column);
    used += widthOf(column);
  }
  return parts.map((part, index) => ({
    title: index === 0 ? title : `${title} (continued)`,
    rows: rows.map((row) => [row[0] ?? "", ...part.map((column) => row[column] ?? "")]),
  }));
}

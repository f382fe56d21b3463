/// <reference lib="dom" />

/** Turns each column header into a button that sorts the rows: first click the usual order, next the other way round. */
export function makeSortable(table: HTMLTableElement): void {
  const headers = [...table.querySelectorAll<HTMLTableCellElement>("thead th")];
  for (const [column, header] of headers.entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      const descending = header.getAttribute("aria-sort") === "ascending";
      for (const other of headers) other.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", descending ? "descending" : "ascending");
      sortRows(table, column, descending);
    });
  }
}

function sortRows(table: HTMLTableElement, column: number, descending: boolean): void {
  const body = table.tBodies[0]!;
  const keyed = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[column]!) }));
  keyed.sort((a, b) => compare(a.key, b.key, descending ? -1 : 1));
  body.append(...keyed.map(({ row }) => row));
}

/** The number a cell is sorted by, else its text; null where the figure is missing. */
function keyOf(cell: HTMLTableCellElement): number | string | null {
  const { value } = cell.dataset;
  if (value !== undefined) return Number(value);
  const text = cell.textContent?.trim() ?? "";
  return text.startsWith("n/a") ? null : text;
}

/** Missing figures stand last in both directions. */
function compare(a: number | string | null, b: number | string | null, sign: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  return sign * String(a).localeCompare(String(b), "en", { numeric: true });
}

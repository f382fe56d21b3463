/** A table as text, the same for every format; the first cell of a row is its header. */
export interface Table {
  readonly id: string;
  readonly caption: string;
  readonly headers: readonly { readonly text: string; readonly numeric: boolean }[];
  readonly rows: readonly (readonly Cell[])[];
  /** Too long to stand open in a page. */
  readonly long: boolean;
  /** Why a figure is not there, by the number in its cell. */
  readonly notes: readonly { readonly number: string; readonly text: string }[];
}

export interface Cell {
  readonly text: string;
  /** A second, smaller figure, such as the one relative to the reference. */
  readonly detail?: string;
  readonly note?: string;
  /** What the cell is sorted by. */
  readonly value?: number;
  /** The detail is relative to the reference: the page can show it alone. */
  readonly relative?: boolean;
  /** Class of the cell; "header" for the row's first. */
  readonly numeric: boolean;
  readonly header: boolean;
}

/** A cell as it is given: plain text, text with a second figure and what to sort by, or the reason why it is missing. */
export type CellInput =
  | string
  | { text: string; detail?: string | null; value?: number | null; relative?: boolean }
  | { missing: string };

/** Builds a table row by row; equal reasons for a missing figure share one note. */
export class TableBuilder {
  readonly #notes: string[] = [];
  readonly #rows: Cell[][] = [];

  constructor(
    readonly id: string,
    readonly caption: string,
    readonly headers: readonly string[],
    /** The columns that are text, not figures, from 0. */
    readonly textColumns: readonly number[] = [0],
  ) {}

  /** Adds a row; a null figure is written "n/a" with its reason as a note. */
  row(cells: readonly CellInput[]): void {
    const row = cells.map((cell, index): Cell => {
      const place = { numeric: !this.textColumns.includes(index), header: index === 0 };
      if (typeof cell === "string") return { text: cell, ...place };
      if ("missing" in cell) return { text: "n/a", note: this.#note(cell.missing), ...place };
      return {
        text: cell.text,
        ...(cell.detail == null ? {} : { detail: cell.detail, relative: cell.relative ?? false }),
        ...(cell.value == null ? {} : { value: cell.value }),
        ...place,
      };
    });
    this.#rows.push(row);
  }

  build(): Table {
    return {
      id: this.id,
      caption: this.caption,
      headers: this.headers.map((text, index) => ({ text, numeric: !this.textColumns.includes(index) })),
      rows: this.#rows,
      long: this.#rows.length > 12,
      notes: this.#notes.map((text, index) => ({ number: String(index + 1), text })),
    };
  }

  #note(reason: string): string {
    const index = this.#notes.indexOf(reason);
    return String(index >= 0 ? index + 1 : this.#notes.push(reason));
  }
}

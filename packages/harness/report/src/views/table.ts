import { distinct } from "../statistics/statistics.js";

/** A table as text, the same for every format; the first cell of a row is its header. */
export interface Table {
  readonly id: string;
  readonly caption: string;
  readonly headers: readonly { readonly text: string; readonly numeric: boolean }[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows to compare the others with, which are not sorted among them. */
  readonly footer: readonly (readonly Cell[])[];
  /** What the marks of cells mean. */
  readonly legend: readonly string[];
  /** Too long to show unfolded in a page. */
  readonly long: boolean;
  /** Why a figure is not there (`n/a: ...`) or what to know of it, by the number in its cell. */
  readonly notes: readonly { readonly number: string; readonly text: string }[];
  /** Columns without any figure, which are not among the others, and why. */
  readonly absent: readonly { readonly header: string; readonly reason: string }[];
}

export interface Cell {
  readonly text: string;
  /** A second, smaller figure, such as the one relative to the reference. */
  readonly detail?: string;
  readonly note?: string;
  /** Signs behind the text, which the legend explains. */
  readonly mark?: string;
  /** There is no figure; the note gives the reason. */
  readonly missing?: true;
  /** What the cell is sorted by. */
  readonly value?: number;
  /** Where the cell leads: an address relative to the report. */
  readonly href?: string;
  /** The detail is relative to the reference: the page can show it alone. */
  readonly relative?: boolean;
  /** Class of the cell; "header" for the row's first. */
  readonly numeric: boolean;
  readonly header: boolean;
}

/** A cell as it is given: plain text, text with a second figure, what to sort by and a note, or the reason why it is missing. */
export type CellInput = string | FigureInput | { missing: string };

interface FigureInput {
  text: string;
  detail?: string | null;
  value?: number | null;
  relative?: boolean;
  mark?: string;
  href?: string | null;
  /** What a reader must know of the figure. */
  note?: string | null;
}

/** Builds a table row by row; equal notes share one number. */
export class TableBuilder {
  readonly #rows: (readonly CellInput[])[] = [];
  readonly #footer: (readonly CellInput[])[] = [];

  constructor(
    readonly id: string,
    readonly caption: string,
    readonly headers: readonly string[],
    /** The columns that are text, not figures, from 0. */
    readonly textColumns: readonly number[] = [0],
  ) {}

  /** Adds a row; a null figure is written "n/a" with its reason as a note. */
  row(cells: readonly CellInput[]): void {
    this.#rows.push(cells);
  }

  /** Adds a row below the others. */
  footer(cells: readonly CellInput[]): void {
    this.#footer.push(cells);
  }

  /** A column without any figure, those of the footer apart, is taken out and named below. */
  build(legend: readonly string[] = []): Table {
    const columns = this.headers.map((text, index) => ({
      text,
      numeric: !this.textColumns.includes(index),
      index,
      reasons: distinct(this.#rows.flatMap((row) => reasonOf(row[index]!) ?? [])),
      isEmpty: index > 0 && this.#rows.length > 0 && this.#rows.every((row) => reasonOf(row[index]!) !== null),
    }));
    const shown = columns.filter(({ isEmpty }) => !isEmpty);
    const all = [...this.#rows, ...this.#footer];
    const notes = distinct(all.flatMap((row) => shown.flatMap(({ index }) => noteOf(row[index]!) ?? [])));
    const cells = (row: readonly CellInput[]) =>
      shown.map(({ index, numeric }) => cellOf(row[index]!, { numeric, header: index === 0 }, notes));
    return {
      id: this.id,
      caption: this.caption,
      headers: shown.map(({ text, numeric }) => ({ text, numeric })),
      rows: this.#rows.map(cells),
      footer: this.#footer.map(cells),
      legend,
      long: this.#rows.length > 12,
      notes: notes.map((text, index) => ({ number: String(index + 1), text })),
      absent: columns
        .filter(({ isEmpty }) => isEmpty)
        .map(({ text, reasons: why }) => ({ header: text, reason: distinct(why.flatMap(parts)).join("; ") })),
    };
  }
}

/** Of a reason with several; runs may share some of them. */
const parts = (reason: string): string[] => reason.split("; ");

function reasonOf(cell: CellInput): string | null {
  return typeof cell === "object" && "missing" in cell ? cell.missing : null;
}

function noteOf(cell: CellInput): string | null {
  if (typeof cell === "string") return null;
  return "missing" in cell ? `n/a: ${cell.missing}` : (cell.note ?? null);
}

function cellOf(cell: CellInput, place: Pick<Cell, "numeric" | "header">, notes: readonly string[]): Cell {
  if (typeof cell === "string") return { text: cell, ...place };
  const text = noteOf(cell);
  const note = text === null ? {} : { note: String(notes.indexOf(text) + 1) };
  if ("missing" in cell) return { text: "n/a", missing: true, ...note, ...place };
  return {
    text: cell.text,
    ...note,
    ...(cell.detail == null ? {} : { detail: cell.detail, relative: cell.relative ?? false }),
    ...(cell.value == null ? {} : { value: cell.value }),
    ...(cell.mark ? { mark: cell.mark } : {}),
    ...(cell.href == null ? {} : { href: cell.href }),
    ...place,
  };
}

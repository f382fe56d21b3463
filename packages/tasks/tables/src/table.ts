/** A value of a table. CSV and TSV have texts only; numbers are finite. */
export type Cell = string | number | boolean | null | readonly Cell[] | { readonly [key: string]: Cell };

export interface Column {
  readonly name: string;
  /** Names of the classes 0, 1, ... where a Parquet file written by Hugging Face datasets declares a ClassLabel. */
  readonly classNames?: readonly string[];
}

/** Where a row is: the line (from 1) on which it starts in a text file, its number (from 1) in Parquet and JSON. */
export interface Place {
  readonly file: string;
  readonly unit: "line" | "row";
  readonly number: number;
}

export interface Row {
  /** One entry per column, in the order of the columns; null where a JSON object lacks the key. */
  readonly values: Readonly<Record<string, Cell>>;
  readonly place: Place;
}

/** `train.csv:12` or `train.parquet row 12`, for messages. */
export function placeText({ file, unit, number }: Place): string {
  return unit === "line" ? `${file}:${number}` : `${file} row ${number}`;
}

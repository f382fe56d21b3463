import { checkNames } from "../columns.js";
import { quote, TableError } from "../errors.js";
import type { FileRead } from "../read-file.js";
import type { Cell, Place } from "../table.js";

/** Rows, and characters of text, whose keys become the columns. */
const firstRows = 1000;
const firstCharacters = 1 << 24;

interface Waiting {
  readonly object: Record<string, Cell>;
  readonly place: Place;
}

/**
 * JSON objects as rows. The keys of the first 1,000 (or of the first 16 MiB, if that is fewer) are the columns, in the order in which
 * they are first seen; a key that comes later is refused. In a further file of a table the columns are known from the start.
 */
export class ObjectRows {
  #names: Set<string> | undefined;
  #waiting: Waiting[] = [];
  #waitingCharacters = 0;

  constructor(readonly read: FileRead) {
    if (read.known === undefined) return;
    this.#names = new Set(read.known.map(({ name }) => name));
    read.onColumns(read.known);
  }

  /** `characters` is the length of the row's text. @throws {TableError} `E_TABLE_ROW`, `E_TABLE_VALUE`, `E_TABLE_COLUMNS` */
  add(value: unknown, place: Place, characters: number): void {
    const row = { object: objectOf(value, place), place };
    if (this.#names === undefined) this.#wait(row, characters);
    else this.#deliver(row, this.#names);
  }

  #wait(row: Waiting, characters: number): void {
    this.#waiting.push(row);
    this.#waitingCharacters += characters;
    if (this.#waiting.length >= firstRows || this.#waitingCharacters >= firstCharacters) this.#begin();
  }

  /** The file has ended. @throws {TableError} `E_TABLE_COLUMNS` where there was no row to take columns from */
  end(): void {
    if (this.#names === undefined) this.#begin();
  }

  #begin(): void {
    const names = new Set(this.#waiting.flatMap(({ object }) => Object.keys(object)));
    checkNames([...names], this.read.path);
    this.#names = names;
    this.read.onColumns([...names].map((name) => ({ name })));
    for (const row of this.#waiting.splice(0)) this.#deliver(row, names);
  }

  #deliver({ object, place }: Waiting, names: ReadonlySet<string>): void {
    for (const key of Object.keys(object)) {
      if (names.has(key)) continue;
      throw new TableError("E_TABLE_COLUMNS", "a key that no earlier row has", {
        file: place.file,
        place,
        expected: "the keys of the first 1,000 rows",
        got: quote(key),
        remedy: "add the key, with null, to the first row",
      });
    }
    const values: Record<string, Cell> = {};
    for (const name of names) values[name] = Object.hasOwn(object, name) ? object[name]! : null;
    this.read.onRow(values, place);
  }
}

function objectOf(value: unknown, place: Place): Record<string, Cell> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    checkValue(value, place);
    return value as Record<string, Cell>;
  }
  const got = Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`;
  const details = { file: place.file, place, expected: "one object per row", got };
  throw new TableError("E_TABLE_ROW", "the row is no object", details);
}

/** Numbers beyond the range of a double become infinite in `JSON.parse`; a key `__proto__` would change how objects behave. */
function checkValue(value: unknown, place: Place): void {
  if (typeof value === "number" && !Number.isFinite(value)) {
    const details = { file: place.file, place, expected: "a finite number", got: "one beyond 1.8e308" };
    throw new TableError("E_TABLE_VALUE", "the number is out of range", details);
  }
  if (typeof value !== "object" || value === null) return;
  if (Object.hasOwn(value, "__proto__")) {
    const details = {
      file: place.file,
      place,
      expected: "any other key",
      got: '"__proto__"',
      remedy: "rename the key",
    };
    throw new TableError("E_TABLE_VALUE", "a key has a name that JavaScript reserves", details);
  }
  for (const inner of Object.values(value)) checkValue(inner, place);
}

import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import { checkNames } from "../columns.js";
import { count, quote, TableError } from "../errors.js";
import type { FileRead } from "../read-file.js";
import type { Cell, Place } from "../table.js";
import { type Block, longestBytes, readBlocks, tooLong } from "./blocks.js";

/**
 * Reads fields that a character separates, in quotes where a field holds that character, a quote (doubled) or a line break. The first
 * row names the columns. Lines end in LF or CRLF; empty lines are ignored at the end of the file, and refused elsewhere.
 */
export async function readCsv(read: FileRead, delimiter: string): Promise<string> {
  const { path: file, quotes } = read;
  const { blocks, hash } = readBlocks(read);
  const table = new Rows(read, delimiter);
  const parser = parse({
    delimiter,
    ...(quotes ? {} : { quote: null, escape: null }),
    recordDelimiter: ["\r\n", "\n"],
    relaxColumnCount: true, // checked here, with the line
    skipEmptyLines: true, // the same
    maxRecordSize: longestBytes,
    onRecord(fields: string[], { empty_lines: empty }) {
      table.record(fields, empty);
      return null; // nothing is kept
    },
  });
  try {
    await pipeline(bytesOf(blocks), parser.resume());
  } catch (error) {
    if (error instanceof CsvError) throw malformed(error, file, table.nextLine());
    throw error;
  }
  table.end();
  return hash.digest("hex");
}

async function* bytesOf(blocks: AsyncIterable<Block>): AsyncGenerator<Buffer> {
  for await (const { bytes } of blocks) if (bytes.length > 0) yield bytes;
}

class Rows {
  #names: readonly string[] | undefined;
  #line = 1;

  constructor(
    readonly read: FileRead,
    readonly delimiter: string,
  ) {}

  /** The line on which the next row starts. */
  nextLine(): number {
    return this.#line;
  }

  /** `emptyLines` is how many lines were empty so far. */
  record(fields: string[], emptyLines: number): void {
    const file = this.read.path;
    const place = { file, unit: "line", number: this.#line } as const;
    this.#line += linesOf(fields);
    if (emptyLines > 0) {
      const remedy = 'delete it, or write "" for an empty field';
      throw new TableError("E_TABLE_ROW", "the line is empty", { file, place, expected: "a row", got: '""', remedy });
    }
    if (this.#names === undefined) this.#header(fields);
    else this.#row(fields, this.#names, place);
  }

  #row(fields: string[], names: readonly string[], place: Place): void {
    const file = this.read.path;
    if (fields.length !== names.length) {
      throw new TableError("E_TABLE_ROW", "wrong number of fields", {
        file,
        place,
        expected: `${names.length} separated by ${this.delimiter === "\t" ? "tabs" : "commas"}`,
        got: count(fields.length),
        remedy: this.read.quotes
          ? "put a field that holds separators, quotes or line breaks in quotes"
          : "were fields put in quotes? then read the file with quotes",
      });
    }
    const values: Record<string, Cell> = {};
    for (let index = 0; index < fields.length; index++) values[names[index]!] = fields[index]!;
    this.read.onRow(values, place);
  }

  end(): void {
    if (this.#names !== undefined) return;
    const details = { file: this.read.path, expected: "a first row with the columns' names", got: "an empty file" };
    throw new TableError("E_TABLE_COLUMNS", "the table has no header", details);
  }

  #header(names: string[]): void {
    checkNames(names, this.read.path);
    this.#names = names;
    this.read.onColumns(names.map((name) => ({ name })));
  }
}

function malformed(error: CsvError, file: string, line: number): TableError {
  if (error.code === "CSV_MAX_RECORD_SIZE") return tooLong(file, line);
  const place = { file, unit: "line", number: line } as const;
  const got = error.code === "CSV_QUOTE_NOT_CLOSED" ? "a quote that is never closed" : quote(error.message);
  const expected = 'quoted fields as in "say ""hi""", quotes nowhere else';
  return new TableError("E_TABLE_ROW", "bad quotes", { file, place, expected, got, cause: error });
}

/** csv-parse counts two lines for CRLF in quotes. */
function linesOf(fields: readonly string[]): number {
  let lines = 1;
  for (const field of fields) for (let at = field.indexOf("\n"); at >= 0; at = field.indexOf("\n", at + 1)) lines += 1;
  return lines;
}

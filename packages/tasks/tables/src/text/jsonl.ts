import { parseJson } from "@petl/files";
import { quote, TableError } from "../errors.js";
import type { FileRead } from "../read-file.js";
import type { Place } from "../table.js";
import { readBlocks } from "./blocks.js";
import { ObjectRows } from "./objects.js";

/** Reads one JSON object per line; empty lines are ignored at the end of the file, and refused elsewhere. */
export async function readJsonLines(read: FileRead): Promise<string> {
  const { path: file } = read;
  const { blocks, hash } = readBlocks(read);
  const rows = new ObjectRows(read);
  let emptyLine: number | undefined;
  for await (const { bytes, line } of blocks) {
    let number = line;
    for (let start = 0; start < bytes.length; number++) {
      const feed = bytes.indexOf(0x0a, start);
      const text = bytes.toString("utf8", start, feed < 0 ? bytes.length : feed);
      start = feed < 0 ? bytes.length : feed + 1;
      if (/^\s*$/.test(text)) {
        emptyLine ??= number;
        continue;
      }
      if (emptyLine !== undefined) throw broken({ file, unit: "line", number: emptyLine }, "an empty line");
      const place = { file, unit: "line", number } as const;
      rows.add(parse(text, place), place, text.length);
    }
  }
  rows.end();
  return hash.digest("hex");
}

function parse(text: string, place: Place): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw broken(place, quote(text), cause);
  }
}

function broken(place: Place, got: string, cause?: unknown): TableError {
  const remedy = "write one whole JSON object per line; JSON has no NaN and no single quotes";
  const details = { file: place.file, place, expected: "a JSON object", got, remedy, cause };
  return new TableError("E_TABLE_ROW", "the line is not JSON", details);
}

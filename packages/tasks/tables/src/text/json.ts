import { parseJson } from "@petl/files";
import { count, quote, TableError } from "../errors.js";
import type { FileRead } from "../read-file.js";
import { readContents } from "./contents.js";
import { ObjectRows } from "./objects.js";
import { checkUtf8, withoutMark } from "./utf8.js";

/** 128 MiB: the one format that is read whole. */
const mostBytes = 2 ** 27;

/** Reads a JSON file that is one array of objects. */
export async function readJson(read: FileRead): Promise<string> {
  const { path: file } = read;
  const { chunks, hash } = readContents(read);
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes <= mostBytes) continue;
    const remedy = "write it as JSON lines (.jsonl), which are streamed";
    const details = { file, expected: `at most ${count(mostBytes)} bytes`, got: "more", remedy };
    throw new TableError("E_TABLE_SIZE", "the JSON file is too large", details);
  }
  const whole = Buffer.concat(parts.splice(0));
  checkUtf8(whole, 1, file);
  const array = parseArray(withoutMark(whole).toString("utf8"), file);
  const rows = new ObjectRows(read);
  for (const [index, value] of array.entries()) rows.add(value, { file, unit: "row", number: index + 1 }, 0);
  rows.end();
  return hash.digest("hex");
}

function parseArray(text: string, file: string): unknown[] {
  const refuse = (what: string, got: string, cause?: unknown) => {
    const remedy = "name a file with one object per line .jsonl";
    return new TableError("E_TABLE_ROW", what, { file, expected: "one array of objects", got, remedy, cause });
  };
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw refuse("the file is not JSON", quote((cause as Error).message), cause);
  }
  if (!Array.isArray(value)) throw refuse("the file is no array", value === null ? "null" : `a ${typeof value}`);
  return value;
}

import { isUtf8 } from "node:buffer";
import { TableError } from "../errors.js";

export const lineFeed = 0x0a;

/** The beginning of a file without its byte order mark, if it has one. */
export function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/**
 * Refuses bytes that are not UTF-8: a decoder would put U+FFFD for what it cannot read, without a word.
 * @param firstLine number of the first line in `bytes`, which are whole lines
 * @throws {TableError} `E_TABLE_ENCODING` with the line
 */
export function checkUtf8(bytes: Buffer, firstLine: number, file: string): void {
  if (isUtf8(bytes)) return;
  let [number, start] = [firstLine, 0];
  for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
    if (!isUtf8(bytes.subarray(start, end))) break;
    [number, start] = [number + 1, end + 1];
  }
  const place = { file, unit: "line", number } as const;
  const remedy = "convert the file to UTF-8, for example with iconv";
  const details = { file, place, expected: "UTF-8", got: "other bytes", remedy };
  throw new TableError("E_TABLE_ENCODING", "the file is not UTF-8", details);
}

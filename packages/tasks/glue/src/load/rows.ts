import { createHash } from "node:crypto";
import { closeSync, createReadStream, fstatSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { FileError, openRegular } from "@petl/files";
import { TaskError } from "@petl/task";
import { CsvError, parse } from "csv-parse";
import { Utf8Check } from "./utf8.js";

const chunkBytes = 1 << 20;
const longestLineBytes = 1 << 24;
/** Thirteen times the largest file of GLUE, MNLI's training set. */
const mostBytes = 2 ** 30;

/**
 * Calls `onRow` with the fields and the line number (from 1) of each row of a GLUE file; resolves to its SHA-256.
 *
 * GLUE's files quote nothing: a row ends at a line feed, a field at a tab, and every other character, quotes, U+2028 and
 * U+0085 included, is text. A byte order mark and a carriage return before the line feed are stripped. The file is streamed
 * and must be UTF-8; one above 1 GiB, or one that is no regular file, is refused unread.
 *
 * @throws {TaskError} `E_TASK_FILE_MISSING`, `E_TASK_FILE_UNREADABLE`, `E_TASK_ROW` or what `onRow` throws.
 */
export async function readRows(file: string, onRow: (fields: string[], line: number) => void): Promise<string> {
  const hash = createHash("sha256");
  const encoding = new Utf8Check(file);
  let line = 0;
  const parser = parse({
    delimiter: "\t",
    quote: null,
    escape: null,
    recordDelimiter: "\n",
    bom: true,
    relaxColumnCount: true,
    skipEmptyLines: false,
    maxRecordSize: longestLineBytes,
    onRecord(fields: string[]) {
      line += 1;
      const last = fields.at(-1);
      if (last?.endsWith("\r")) fields[fields.length - 1] = last.slice(0, -1);
      onRow(fields, line);
      return null; // nothing is kept
    },
  });
  try {
    await pipeline(
      createReadStream(file, { fd: openFile(file), highWaterMark: chunkBytes }),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          encoding.check(chunk);
          yield chunk;
        }
        encoding.end();
      },
      parser.resume(),
    );
  } catch (error) {
    if (error instanceof TaskError) throw error;
    throw error instanceof CsvError ? tooLong(file, line + 1) : unreadable(file, error);
  }
  return hash.digest("hex");
}

function openFile(file: string): number {
  const descriptor = openRegular(file);
  const { size } = fstatSync(descriptor);
  if (size <= mostBytes) return descriptor;
  closeSync(descriptor);
  throw new TaskError("E_TASK_FILE_UNREADABLE", "the file is too large", {
    file,
    expected: `at most ${mostBytes.toLocaleString("en-US")} bytes`,
    got: size.toLocaleString("en-US"),
    remedy: "is it one of GLUE's files?",
  });
}

function tooLong(file: string, line: number): TaskError {
  const expected = "tab-separated lines of at most 16 MiB";
  return new TaskError("E_TASK_ROW", "the line does not end", { file, line, expected, remedy: "is it a text file?" });
}

function unreadable(file: string, cause: unknown): TaskError {
  if (cause instanceof FileError) {
    const { expected, got } = cause;
    return new TaskError("E_TASK_FILE_UNREADABLE", `the file cannot be read (${cause.code})`, {
      file,
      expected,
      got,
      cause,
    });
  }
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
  if (reason === "ENOENT" || reason === "ENOTDIR")
    return new TaskError("E_TASK_FILE_MISSING", "no such file", { file });
  return new TaskError("E_TASK_FILE_UNREADABLE", `the file cannot be read (${reason})`, { file, cause });
}

import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LogFile } from "../../src/wandb/log-file.js";
import { newFolder } from "./new-folder.js";
import { crc32, readLog } from "./read-log.js";

const newPath = (): string => join(newFolder(), "run-a.wandb");

function readBack(records: readonly Uint8Array[]): string[] {
  const path = newPath();
  const file = new LogFile(path);
  for (const record of records) file.add(record);
  file.close();
  return readLog(path).map((record) => Buffer.from(record).toString("hex"));
}

test("the reader's CRC-32 has the check value of its catalogue", () => {
  expect(crc32(Buffer.from("123456789"))).toBe(0xcbf43926);
});

test("records of every size around a block come back, each in as many parts as blocks", () => {
  const sizes = [0, 1, 100, 32_700, ...Array.from({ length: 24 }, (_, at) => 32_740 + at), 32_768, 65_536, 100_000, 3];
  const records = sizes.map((size, at) => Buffer.alloc(size, at + 1));
  expect(readBack(records)).toEqual(records.map((record) => record.toString("hex")));
});

test.each([
  ["7 bytes are left, and a part without bytes fills them", 7, 32_768],
  ["6 bytes are left, and zeros fill them", 6, 32_768],
  ["nothing is left", 0, 32_768],
])("where in a block %s", (_, left, block) => {
  const path = newPath();
  const file = new LogFile(path);
  file.add(Buffer.alloc(block - 7 - 7 - left, 1));
  expect(statSync(path).size).toBe(block - left);
  file.add(Buffer.from([2, 3]));
  file.close();
  expect(statSync(path).size).toBe(block + 7 + 2);
  expect(Buffer.from(readLog(path)[1]!)).toEqual(Buffer.from([2, 3]));
});

test("a record is in the file as soon as it is added, and a file that is there is not written over", () => {
  const path = newPath();
  const file = new LogFile(path);
  file.add(Buffer.from("told"));
  expect(readLog(path)).toHaveLength(1);
  expect(() => new LogFile(path)).toThrow("EEXIST");
  file.close();
});

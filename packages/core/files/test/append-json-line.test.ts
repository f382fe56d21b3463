import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendJsonLine } from "@petl/files";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "petl-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("each value is one line, and a line that a crash cut off is ended before the next", () => {
  const file = join(folder, "curve.jsonl");
  for (let step = 0; step < 2; step++) appendJsonLine(file, { step });
  expect(readFileSync(file, "utf8")).toBe('{"step":0}\n{"step":1}\n');
  appendFileSync(file, '{"st');
  appendJsonLine(file, { step: 2 });
  expect(readFileSync(file, "utf8").split("\n")).toEqual(['{"step":0}', '{"step":1}', '{"st', '{"step":2}', ""]);
});

test("a folder that is missing is the file system's error", () => {
  expect(() => appendJsonLine(join(folder, "no", "where"), 1)).toThrow(/ENOENT/);
});

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeDirectory, readTextOrNull, writeWhole, writeWholeSync } from "@petl/files";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "petl-files-"));
  file = join(folder, "file.txt");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);

test("text, bytes and pieces of both are written in order, over what was there", async () => {
  writeFileSync(file, "a longer text than the next");
  writeWholeSync(file, "zwölf");
  expect(readFileSync(file, "utf8")).toBe("zwölf");
  writeWholeSync(file, bytes("bytes"));
  expect(readFileSync(file, "utf8")).toBe("bytes");
  writeWholeSync(file, ["one ", bytes("two")]);
  expect(readFileSync(file, "utf8")).toBe("one two");
  await writeWhole(
    file,
    (async function* () {
      yield "three ";
      yield bytes("four");
    })(),
  );
  expect(readFileSync(file, "utf8")).toBe("three four");
  await writeWhole(file, []);
  expect(readFileSync(file, "utf8")).toBe("");
  expect(readdirSync(folder)).toEqual(["file.txt"]);
});

test("where a piece fails the old contents stay, nothing else is left, and the piece's own error is thrown", async () => {
  writeFileSync(file, "old");
  const failure = new RangeError("the third piece");
  const pieces = function* () {
    yield "new";
    expect(readFileSync(file, "utf8")).toBe("old");
    throw failure;
  };
  expect(() => writeWholeSync(file, pieces())).toThrow(failure);
  const later = async function* () {
    yield* pieces();
  };
  await expect(writeWhole(file, later())).rejects.toBe(failure);
  expect(readFileSync(file, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["file.txt"]);
});

test("a rename that is refused leaves no temporary file", () => {
  mkdirSync(file);
  expect(() => writeWholeSync(file, "text")).toThrow(expect.objectContaining({ code: expect.stringMatching(/^E/) }));
  expect(readdirSync(folder)).toEqual(["file.txt"]);
});

test("a folder that is missing is the file system's error", async () => {
  expect(() => writeWholeSync(join(folder, "none", "file"), "text")).toThrow(/ENOENT/);
  await expect(writeWhole(join(folder, "none", "file"), "text")).rejects.toMatchObject({ code: "ENOENT" });
});

test("a name as long as the file system allows can be written", () => {
  const long = join(folder, "x".repeat(255));
  writeWholeSync(long, "text");
  expect(readFileSync(long, "utf8")).toBe("text");
});

test("a file that cannot be read is null", () => {
  expect(readTextOrNull(file)).toBeNull();
  expect(readTextOrNull(folder)).toBeNull();
  writeFileSync(file, "text");
  expect(readTextOrNull(file)).toBe("text");
});

test("directories are made with their parents, one behind a link counts as there", () => {
  makeDirectory(join(folder, "a", "b"));
  makeDirectory(join(folder, "a", "b"));
  symlinkSync(join(folder, "a"), join(folder, "link"));
  makeDirectory(join(folder, "link", "c"));
  expect(existsSync(join(folder, "a", "c"))).toBe(true);
  writeFileSync(file, "");
  expect(() => makeDirectory(join(file, "d"))).toThrow();
});

test.runIf(process.platform === "linux")("a folder that the file system refuses without end is an error", () => {
  expect(() => makeDirectory("/proc/petl/runs")).toThrow(/ENOENT/);
});

import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderOwner, isSameOrBelow, isTemporaryName, markFile, markFolder, mayReplace } from "@petl/files";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "petl-files-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const kind = "bench output";

test("a folder is nobody's while empty or missing, then that of its mark, by kind and version", () => {
  expect(folderOwner(join(folder, "missing"), kind)).toEqual({ owner: "nobody" });
  expect(folderOwner(folder, kind)).toEqual({ owner: "nobody" });
  markFolder(folder, kind, { id: "a" });
  expect(folderOwner(folder, kind)).toEqual({ owner: "ours", mark: { kind, version: 1, id: "a" } });
  expect(folderOwner(folder, "bench export").owner).toBe("other");
  writeFileSync(join(folder, markFile), readFileSync(join(folder, markFile), "utf8").replace("1", "7"));
  expect(folderOwner(folder, kind)).toEqual({ owner: "newer", version: 7 });
});

test.each(["", "null", "[]", `"text"`, `{"kind":"bench output"}`, `{"kind":"bench output","version":"1"}`])(
  "the mark %j is none of ours",
  (text) => {
    writeFileSync(join(folder, markFile), text);
    expect(folderOwner(folder, kind).owner).toBe("other");
  },
);

test("names that pass do not count as contents", () => {
  writeFileSync(join(folder, ".lock"), "");
  expect(folderOwner(folder, kind, /^\.lock$/).owner).toBe("nobody");
  writeFileSync(join(folder, "a"), "");
  expect(folderOwner(folder, kind, /^\.lock$/)).toEqual({ owner: "other", found: "one with a" });
});

test("a file may be replaced if it is missing or begins with the mark", () => {
  const file = join(folder, "a.md");
  expect(mayReplace(file, "ours")).toBe(true);
  writeFileSync(file, "<!-- ours -->");
  expect(mayReplace(file, "ours")).toBe(true);
  writeFileSync(file, `${" ".repeat(5000)}ours`);
  expect(mayReplace(file, "ours")).toBe(false);
  expect(mayReplace(folder, "ours")).toBe(false);
});

test("a path is the same or below with links followed, and whether or not it exists", () => {
  mkdirSync(join(folder, "real", "deep"), { recursive: true });
  symlinkSync(join(folder, "real"), join(folder, "link"));
  for (const path of ["link", "link/deep", "real/new/file", "link/..x"])
    expect(isSameOrBelow(join(folder, path), join(folder, "real"))).toBe(true);
  for (const path of ["", "realm", "other/real"])
    expect(isSameOrBelow(join(folder, path), join(folder, "real"))).toBe(false);
  expect(isSameOrBelow(folder, "/")).toBe(true);
});

test("only names of our temporary files count as such", () => {
  expect(isTemporaryName(`.petl-${"0123456789abcdef"}.tmp`)).toBe(true);
  for (const name of [".swap.tmp", ".0123456789abcdef.tmp", ".petl-1.tmp", "x.petl-0123456789abcdef.tmp"])
    expect(isTemporaryName(name)).toBe(false);
});

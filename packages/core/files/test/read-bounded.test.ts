import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { checkRegular, makeDirectory, parseJson, readBytes, readText } from "../src/index.js";

const directory = mkdtempSync(join(tmpdir(), "petl-read-"));
afterAll(() => rmSync(directory, { recursive: true }));

const at = (name: string): string => join(directory, name);

describe("a file read with a bound", () => {
  test("comes whole, an empty one too", () => {
    writeFileSync(at("text"), "naïve");
    writeFileSync(at("empty"), "");
    expect(readText(at("text"), 6)).toBe("naïve");
    expect(readText(at("empty"), 0)).toBe("");
  });

  test.runIf(process.platform === "linux")(
    "comes whole where its size is not known ahead, and is bounded there",
    () => {
      expect(readText("/proc/self/status", 1e6)).toContain("Pid:");
      expect(() => readText("/proc/self/status", 10)).toThrow(/expected at most 10 bytes/);
    },
  );

  test("R9: is refused by its size, unread", () => {
    writeFileSync(at("sparse"), "");
    truncateSync(at("sparse"), 2 ** 40);
    const began = performance.now();
    expect(() => readBytes(at("sparse"), 1000)).toThrow(/sparse: expected at most 1,000 bytes, got 1,099,511,627,776;/);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test.runIf(process.platform !== "win32")(
    "R4: is refused unopened where it is a pipe, a device or a directory",
    () => {
      execFileSync("mkfifo", [at("pipe")]);
      symlinkSync("/dev/zero", at("zeros"));
      for (const [path, got] of [
        [at("pipe"), "a named pipe"],
        [at("zeros"), "a device"],
        [directory, "a directory"],
      ] as const) {
        expect(() => readBytes(path, 1000)).toThrow(
          `${path}: expected a regular file, got ${got}; pass a regular file`,
        );
        expect(() => checkRegular(path)).toThrow(expect.objectContaining({ code: "E_FILE_KIND" }));
      }
    },
  );

  test("that is not there keeps the file system's error", () => {
    expect(() => readText(at("absent"), 10)).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });
});

describe("JSON", () => {
  test("parses as JSON.parse does, brackets and quotes in strings included", () => {
    const text = JSON.stringify({ "a[": ['"', "\\", '\\"[{', { b: [1, null] }], c: "[".repeat(500) });
    expect(parseJson(text)).toEqual(JSON.parse(text));
    expect(() => parseJson("{")).toThrow(SyntaxError);
  });

  test("R9: is refused where it is nested too deep to be walked by recursion", () => {
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    expect(() => parseJson(nested(200))).not.toThrow();
    for (const depth of [201, 1_000_000]) expect(() => parseJson(nested(depth))).toThrow(/nested at most 200 deep/);
  });
});

test.runIf(process.platform === "linux")("R4: a directory below /proc is refused at once", () => {
  expect(() => makeDirectory("/proc/petl/a/b")).toThrow(expect.objectContaining({ code: "ENOENT" }));
});

test("R4: no product code makes directories by Node's recursive mkdir, which hangs below /proc", () => {
  const packages = fileURLToPath(new URL("../../..", import.meta.url));
  const below = (folder: string): string[] => readdirSync(folder).map((name) => join(folder, name));
  const files = below(packages)
    .flatMap(below)
    .map((folder) => join(folder, "src"))
    .filter((source) => existsSync(source))
    .flatMap((source) => readdirSync(source, { recursive: true, encoding: "utf8" }).map((name) => join(source, name)))
    .filter((file) => file.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => /\bmkdir(Sync)?\([^\n]*recursive/.test(readFileSync(file, "utf8")))).toEqual([]);
});

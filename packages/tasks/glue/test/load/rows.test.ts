import { execFileSync } from "node:child_process";
import { symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readRows } from "../../src/load/rows.js";
import { directoryOf, taskError, temporaryDirectory, tsv } from "../files.js";

async function rowsOf(file: string): Promise<string[][]> {
  const rows: string[][] = [];
  await readRows(file, (fields) => rows.push(fields));
  return rows;
}

const oddText = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', "'", '""', ",", " ", "\u2028", "\u0085", "\v", "\f", "\\", "nan", "é", "𝄞", "\ufeff"),
      fc.string({ unit: "grapheme" }),
    ),
  )
  .map((parts) => parts.join("").replace(/[\t\n\r]/g, ""));
const oddRows = fc.array(fc.array(oddText, { minLength: 1, maxLength: 5 }), { minLength: 1 });

test("rows of odd characters are read as they were written", async () => {
  const file = join(temporaryDirectory(), "rows.tsv");
  await fc.assert(
    fc.asyncProperty(oddRows, async (rows) => {
      writeFileSync(file, tsv([["head"], ...rows]));
      expect(await rowsOf(file)).toEqual([["head"], ...rows]);
    }),
  );
});

test("a row that crosses the boundary of two chunks stays whole", async () => {
  const long = "é".repeat(700_001); // two bytes each: the first chunk of 1 MiB ends inside a character
  const directory = directoryOf({
    "rows.tsv": tsv([
      ["x", long],
      ["y", long],
      ["z", "end"],
    ]),
  });
  expect(await rowsOf(join(directory, "rows.tsv"))).toEqual([
    ["x", long],
    ["y", long],
    ["z", "end"],
  ]);
});

test("the byte order mark and carriage returns at line ends are stripped, those inside a line are text", async () => {
  const directory = directoryOf({ "rows.tsv": "\ufeffa\tb\r\nc\rd\te\r\n" });
  expect(await rowsOf(join(directory, "rows.tsv"))).toEqual([
    ["a", "b"],
    ["c\rd", "e"],
  ]);
});

test("the last line may lack its line feed, and an empty line is a row of one empty field", async () => {
  const directory = directoryOf({ "rows.tsv": "a\n\nb" });
  expect(await rowsOf(join(directory, "rows.tsv"))).toEqual([["a"], [""], ["b"]]);
});

test("the SHA-256 is that of the file's bytes", async () => {
  const directory = directoryOf({ "rows.tsv": "abc" });
  const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; // FIPS 180-2, appendix B.1
  expect(await readRows(join(directory, "rows.tsv"), () => {})).toBe(digest);
});

test("a missing file, a directory and a file without line ends are refused", async () => {
  const directory = directoryOf({ "endless.tsv": "x".repeat(20 << 20) });
  expect((await taskError(() => rowsOf(join(directory, "none.tsv")))).code).toBe("E_TASK_FILE_MISSING");
  expect((await taskError(() => rowsOf(directory))).code).toBe("E_TASK_FILE_UNREADABLE");
  expect((await taskError(() => rowsOf(join(directory, "endless.tsv")))).message).toContain("16 MiB");
});

test.runIf(process.platform === "linux")(
  "R4: a pipe or a device is refused unopened, an endless file by its size",
  async () => {
    const directory = temporaryDirectory();
    execFileSync("mkfifo", [join(directory, "train.tsv")]);
    symlinkSync("/dev/zero", join(directory, "dev.tsv"));
    writeFileSync(join(directory, "test.tsv"), "");
    truncateSync(join(directory, "test.tsv"), 2 ** 40);
    expect((await taskError(() => rowsOf(join(directory, "train.tsv")))).got).toBe("a named pipe");
    expect((await taskError(() => rowsOf(join(directory, "dev.tsv")))).got).toBe("a device");
    expect((await taskError(() => rowsOf(join(directory, "test.tsv")))).message).toMatch(/at most 1,073,741,824 bytes/);
  },
);
test.each([
  ["Latin-1", Buffer.from([0x61, 0x0a, 0x62, 0xe9, 0x63, 0x0a]), 2, "byte 0xE9 at offset 3"],
  ["an end inside a character", Buffer.from([0x61, 0x0a, 0xc3]), 2, "byte 0xC3 at offset 2"],
  ["a lone continuation", Buffer.from([0x80, 0x0a]), 1, "byte 0x80 at offset 0"],
  [
    "a bad byte far on",
    Buffer.concat([Buffer.from("é\n".repeat(600_000)), Buffer.from([0xff, 0x0a])]),
    600_001,
    "byte 0xFF at offset 1800000",
  ],
])("N15: %s is refused with line and offset, not read as U+FFFD", async (_, content, line, got) => {
  const file = join(temporaryDirectory(), "rows.tsv");
  writeFileSync(file, content);
  const error = await taskError(() => rowsOf(file));
  expect(error).toMatchObject({ code: "E_TASK_ROW", line });
  expect(error.message).toContain(got);
});

test("N15: a replacement character that is in the file is text", async () => {
  expect(await rowsOf(join(directoryOf({ "rows.tsv": "a\ufffdb\n" }), "rows.tsv"))).toEqual([["a\ufffdb"]]);
});

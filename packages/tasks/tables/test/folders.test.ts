import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readTable } from "../src/index.js";
import { folderOf, refusal, tableOf } from "./files.js";

const sha256 = (text: string | Uint8Array) => createHash("sha256").update(text).digest("hex");

describe("a folder of shards", () => {
  test("is read in name order as one table; its digest is of its files' digests", async () => {
    const shards = { "a-10.csv": "x,y\n3,4\n", "a-02.csv": "x,y\n1,2\n", "README.md": "", ".hidden": "" };
    const { read, places, rows, columns, ...summary } = await tableOf(folderOf(shards));
    expect(read).toEqual([
      { x: "1", y: "2" },
      { x: "3", y: "4" },
    ]);
    expect(places).toEqual(["a-02.csv:2", "a-10.csv:2"]);
    expect([rows, columns.length]).toEqual([2, 2]);
    expect(summary.sha256).toBe(sha256(`${sha256(shards["a-02.csv"])}\n${sha256(shards["a-10.csv"])}\n`));
  });

  test("one file reads and has the same digest alone, listed, or in its folder; a gzipped shard may stand beside", async () => {
    const folder = folderOf({ "a.jsonl": '{"a":1}\n' });
    const digests = [folder, join(folder, "a.jsonl"), [join(folder, "a.jsonl")]];
    for (const path of digests) expect((await tableOf(path)).sha256).toBe(sha256('{"a":1}\n'));
    const mixed = folderOf({ "0.jsonl": '{"a":1,"b":2}\n', "1.jsonl.gz": gzipSync('{"b":3}\n') });
    expect((await tableOf(mixed)).read).toEqual([
      { a: 1, b: 2 },
      { a: null, b: 3 },
    ]);
  });

  test("Parquet shards have the same class names", async () => {
    const bytes = readFileSync(join(import.meta.dirname, "fixtures", "reviews-none.parquet"));
    const other = Buffer.from(bytes.toString("latin1").replace('"negative"', '"positivf"'), "latin1");
    expect((await tableOf(folderOf({ "0.parquet": bytes, "1.parquet": bytes }))).rows).toBe(80);
    expect(await refusal(folderOf({ "0.parquet": bytes, "1.parquet": other }))).toContain(
      '1.parquet: "label" differs from the files before: expected the classes "negative", "positive", got the classes "positivf", "positive"',
    );
  });

  test.each([
    [
      { "0.csv": "a,b\n", "1.csv": "b,a\n" },
      'E_TABLE_COLUMNS 1.csv: the columns differ from those of the files before: expected "a", "b", got "b", "a"',
    ],
    [{ "0.csv": "a,b\n", "1.csv": "a\n" }, 'expected "a", "b", got "a"'],
    [{ "0.jsonl": '{"a":1}\n', "1.jsonl": '{"b":1}\n' }, "E_TABLE_COLUMNS 1.jsonl:1: a key that no earlier row has"],
    [{ "0.csv": "a\n", "1.tsv": "a\n" }, "the files of a table have several formats: expected one, got CSV and TSV"],
    [{ "0.csv": "a\n", "notes.txt": "" }, "E_TABLE_FORMAT"],
    [{ "0.csv": "a\n", "more/1.csv": "a\n" }, 'got "more"; pass one file'],
    [{ "README.md": "" }, "the folder is no table"],
    [
      { "t-00000-of-00003.csv": "a\n", "t-00002-of-00003.csv": "a\n" },
      "shards are missing: expected 3 files, got 2; copy all of them",
    ],
  ])("%j is refused", async (files, message) => {
    expect(await refusal(folderOf(files as unknown as Record<string, string>))).toContain(message);
  });
});

test("a path that is no table is refused with one line", async () => {
  const folder = folderOf({ "a.txt": "", "a.parquet.gz": "" });
  execFileSync("mkfifo", [join(folder, "pipe.csv")]);
  expect(await refusal(join(folder, "a.txt"))).toContain(
    "E_TABLE_FORMAT a.txt: the name does not say the format of a table: expected .csv, .tsv",
  );
  expect(await refusal(join(folder, "a.parquet.gz"))).toContain("E_TABLE_FORMAT a.parquet.gz");
  expect(await refusal(join(folder, "b.csv"))).toBe("E_TABLE_MISSING b.csv: no such file or folder");
  expect(await refusal(join(folder, "a.txt", "b.csv"))).toContain("E_TABLE_MISSING");
  expect(await refusal(join(folder, "pipe.csv"))).toContain(
    "E_TABLE_UNREADABLE pipe.csv: it cannot be read (E_FILE_KIND): expected a regular file, got a named pipe",
  );
});

describe("the caller", () => {
  const lines = `{"a":"${"x".repeat(120)}"}\n`.repeat(20_000);
  const files = { "0.jsonl": lines, "1.csv.gz": gzipSync(lines), "2.csv": lines };
  const paths = () => {
    const folder = folderOf(files);
    const parquet = join(import.meta.dirname, "fixtures", "one-value.parquet");
    return [...Object.keys(files).map((name) => join(folder, name)), parquet];
  };

  test("gets its own errors as they are", async () => {
    const own = new RangeError("enough");
    const fail = () => {
      throw own;
    };
    for (const path of paths()) {
      await expect(readTable(path, { onRow: fail, quotes: false })).rejects.toBe(own);
      await expect(readTable(path, { onRow: () => {}, onColumns: fail, quotes: false })).rejects.toBe(own);
      await expect(readTable(path, { onRow: () => {}, onProgress: fail, quotes: false })).rejects.toBe(own);
    }
  });

  test("may abort, before and while rows are read", async () => {
    for (const path of paths()) {
      const aborting = new AbortController();
      const reading = readTable(path, { onRow: () => aborting.abort(), signal: aborting.signal, quotes: false });
      await expect(reading).rejects.toThrow("aborted");
      await expect(readTable(path, { onRow: () => {}, signal: AbortSignal.abort() })).rejects.toThrow("aborted");
    }
  });

  test("sees progress that grows to the size of all files", async () => {
    for (const path of paths()) {
      const seen: number[] = [];
      const { rows } = await readTable([path, path], {
        onRow: () => {},
        onProgress: ({ bytes, totalBytes }) => seen.push(bytes / totalBytes),
        quotes: false,
      });
      expect(rows).toBeGreaterThan(0);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      expect(seen.at(-1)).toBe(1);
    }
  });
});

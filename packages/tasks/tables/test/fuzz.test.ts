import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readTable, TableError } from "../src/index.js";
import { folderOf } from "./files.js";
import { mutator } from "./mutate.js";

const text = (line: (row: number) => string) => Buffer.from(Array.from({ length: 60 }, (_, row) => line(row)).join(""));
const csv = text((row) => (row === 0 ? "text,label,score\n" : `"a ""b"", é𝄞${row}",${row % 3},${row / 7}\r\n`));
const jsonl = text((row) => `${JSON.stringify({ text: `é "${row}"`, label: row % 3, tags: ["x", { y: row / 7 }] })}\n`);
const json = Buffer.from(`[${jsonl.toString().trim().split("\n").join(",\n")}]`);
const tsv = text((row) => (row === 0 ? "text\tlabel\n" : `"a" é𝄞${row}\t${row}\n`));
const fixtures = join(import.meta.dirname, "fixtures");
const parquets = readdirSync(fixtures).filter((name) => name.endsWith(".parquet") && !name.startsWith("refused"));

const kinds: Record<string, readonly Buffer[]> = {
  csv: [csv],
  tsv: [tsv],
  jsonl: [jsonl],
  json: [json],
  "csv.gz": [gzipSync(csv)],
  parquet: parquets.map((name) => readFileSync(join(fixtures, name))),
};
const times = Number(process.env.PETL_FUZZ_TIMES ?? 150);
const seed = Number(process.env.PETL_FUZZ_SEED ?? 20261129);
const mostMemory = 512 * 1024; // KiB more than before
const mostMs = 2000;

describe("a damaged file is read, or refused with one line that names it", () => {
  test.each(Object.entries(kinds))("%s", async (ending, originals) => {
    const mutate = mutator(seed);
    const file = join(folderOf(), `damaged.${ending}`);
    const memoryBefore = process.resourceUsage().maxRSS;
    let [readable, refused, longestMs] = [0, 0, 0];
    for (let time = 0; time < times * Math.ceil(originals.length / 4); time++) {
      writeFileSync(file, mutate(originals[time % originals.length]!));
      const startMs = performance.now();
      const error = await readTable(file, { onRow: () => {} }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      longestMs = Math.max(longestMs, performance.now() - startMs);
      if (error === undefined) readable += 1;
      else refused += 1;
      if (error !== undefined && !(error instanceof TableError)) throw error;
      if (error instanceof TableError) expect(error.message).toMatch(/^[^\n]*damaged\.[^\n]+$/);
    }
    expect(Math.min(readable, refused)).toBeGreaterThan(0); // both endings were met
    expect(longestMs).toBeLessThan(mostMs);
    expect(process.resourceUsage().maxRSS - memoryBefore).toBeLessThan(mostMemory);
  });
});

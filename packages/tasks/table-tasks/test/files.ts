import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A temporary directory with these files, removed when the test ends. */
export function directoryOf(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), "petl-tables-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return directory;
}

/** A CSV of `count` reviews with these answers in turn; every field quoted. */
export function reviews(count: number, answers: readonly string[], first = 0): string {
  const rows = Array.from({ length: count }, (_, index) => [
    `row ${first + index} says "${index % 7}", plainly\nand on a second line`,
    answers[index % answers.length]!,
  ]);
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  return [["review", "stars"], ...rows].map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

type Rows = readonly Readonly<Record<string, unknown>>[];

/** A temporary directory's folder of that name, which has JSON lines by split. */
export function folderOf(name: string, splits: Readonly<Record<string, Rows>>): string {
  const files = Object.entries(splits).map(([split, rows]) => [
    `${name}/${split}.jsonl`,
    rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
  ]);
  return join(directoryOf(Object.fromEntries(files)), name);
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

type Rows = readonly Readonly<Record<string, unknown>>[];

/** A temporary directory with a folder of that name, which has JSON lines by split. */
export function folderOf(name: string, splits: Readonly<Record<string, Rows>>): string {
  const directory = mkdtempSync(join(tmpdir(), "petl-tasks-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, name));
  for (const [split, rows] of Object.entries(splits))
    writeFileSync(join(directory, name, `${split}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return join(directory, name);
}

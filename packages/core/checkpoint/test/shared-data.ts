import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Development data beside the repository; it is not part of it. */
export const sharedData = fileURLToPath(new URL("../../../../../shared/data", import.meta.url));

/** Whether a path under the development data exists; says aloud that tests skip where it does not. */
export function hasSharedData(path: string): boolean {
  const there = existsSync(join(sharedData, path));
  if (!there) console.warn(`skipped: ${join(resolve(sharedData), path)} is absent`);
  return there;
}

/**
 * Directory of a real checkpoint, in `$PETL_MODELS` or among the development data; says aloud that tests skip where it is
 * absent, and gives undefined.
 */
export function realModel(name: string): string | undefined {
  const directory = resolve(process.env.PETL_MODELS ?? join(sharedData, "models"), name);
  if (existsSync(directory)) return directory;
  console.warn(`skipped: ${directory} is absent (PETL_MODELS names the folder of real checkpoints)`);
  return undefined;
}

export interface GlueRow {
  readonly task: string;
  readonly file: string;
  /** Line of the file, from 0; column from 0. */
  readonly row: number;
  readonly column: number;
  readonly sha256: string;
  readonly ids: readonly number[];
}

/** Each row with its text, read in place and checked against the digest that the fixture holds. */
export function withTexts(rows: readonly GlueRow[]): { readonly row: GlueRow; readonly text: string }[] {
  const files = new Map<string, string[]>();
  return rows.map((row) => {
    const path = join(sharedData, "glue", row.task, row.file);
    const lines = files.get(path) ?? readFileSync(path, "utf8").split("\n");
    files.set(path, lines);
    const text = lines[row.row]!.replace(/\r+$/, "").split("\t")[row.column]!;
    const digest = createHash("sha256").update(text).digest("hex");
    if (digest !== row.sha256) throw new Error(`${path} line ${row.row} is not the text the fixture was made from`);
    return { row, text };
  });
}

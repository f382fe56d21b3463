import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { type Column, placeText, type ReadTableOptions, readTable, TableError } from "../src/index.js";

/** A folder with these files, removed after the test. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "petl-tables-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return folder;
}

/** All that a table says: its columns, its rows' values, their places without the folder, and the summary. */
export async function tableOf(path: string | readonly string[], options: Partial<ReadTableOptions> = {}) {
  const rows: unknown[] = [];
  const places: string[] = [];
  let announced: readonly Column[] | undefined;
  const summary = await readTable(path, {
    onColumns: (columns) => {
      if (announced !== undefined || rows.length > 0) throw new Error("columns announced twice or late");
      announced = columns;
    },
    onRow: ({ values, place }) => {
      rows.push(values);
      places.push(placeText(place).replace(/^.*[\\/]/, ""));
    },
    ...options,
  });
  return { ...summary, announced, read: rows, places };
}

/** The message of the error that reading ends in, without the folder. */
export async function refusal(path: string | readonly string[], options: Partial<ReadTableOptions> = {}) {
  const error = await readTable(path, { onRow: () => {}, ...options }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TableError)) throw new Error(`expected a TableError, got ${error}`);
  const first = typeof path === "string" ? path : path[0]!;
  return `${error.code} ${error.message.replaceAll(`${first}/`, "").replaceAll(`${dirname(first)}/`, "")}`;
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type LoadedTask, type LoadOptions, loadTask as loadWith, TaskError } from "@petl/task";
import { expect, onTestFinished } from "vitest";
import { glueReader } from "../src/load/task.js";
import type { GlueTask } from "../src/task.js";

/** A directory that is removed when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "petl-glue-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A temporary directory with these files: path to content, or to rows of fields. */
export function directoryOf(files: Record<string, string | string[][]>): string {
  const directory = temporaryDirectory();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), typeof content === "string" ? content : tsv(content));
  }
  return directory;
}

/** Rows as a file of GLUE: tabs, line feeds, no quotes. */
export function tsv(rows: string[][]): string {
  return rows.map((fields) => `${fields.join("\t")}\n`).join("");
}

/** The `TaskError` that a promise or function ends with. */
export async function taskError(run: () => unknown): Promise<TaskError> {
  const error = await Promise.resolve()
    .then(run)
    .then(
      () => new Error("it did not fail"),
      (reason: unknown) => reason,
    );
  expect(error).toBeInstanceOf(TaskError);
  return error as TaskError;
}

/** A task read from a directory in the official layout. */
export async function loadTask(directory: string, task: GlueTask, options: LoadOptions = {}): Promise<LoadedTask> {
  return loadWith(await glueReader(directory, task), options);
}

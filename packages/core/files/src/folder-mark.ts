import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeWholeSync } from "./write-whole.js";

/** The file that marks a folder as made by this project. */
export const markFile = "petl-bench.json";

/** Version of the mark: the only one this package writes and reads. */
const markVersion = 1;

/**
 * What a folder was made for: the runs of `bench glue`, a model of `bench export`, a checkpoint of `bench quantise`, or a measurement of
 * `bench measure`.
 */
export type FolderKind = "bench output" | "bench export" | "bench checkpoint" | "bench measurement";

/** Whose a folder is: nobody's (missing or empty), ours, made by a newer version, or someone else's, with what was found. */
export type FolderOwner =
  | { readonly owner: "nobody" }
  | { readonly owner: "ours"; readonly mark: Readonly<Record<string, unknown>> }
  | { readonly owner: "newer"; readonly version: number }
  | { readonly owner: "other"; readonly found: string };

/**
 * Tells whether a folder may be written to, by its mark `petl-bench.json`. Names that match `passing` do not count as contents:
 * what a process of ours that was killed early leaves.
 *
 * @throws the file system's error
 */
export function folderOwner(folder: string, kind: FolderKind, passing?: RegExp): FolderOwner {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return { owner: "nobody" };
  if (existsSync(join(folder, markFile))) return readMark(folder, kind);
  const contents = readdirSync(folder).filter((name) => passing?.test(name) !== true);
  if (contents.length === 0) return { owner: "nobody" };
  const more = contents.length > 1 ? ` and ${contents.length - 1} more` : "";
  return { owner: "other", found: `one with ${contents.sort()[0]}${more}` };
}

/** Writes a folder's mark, whole. @throws the file system's error */
export function markFolder(folder: string, kind: FolderKind, about: object): void {
  const mark = { kind, version: markVersion, ...about };
  writeWholeSync(join(folder, markFile), `${JSON.stringify(mark, null, 2)}\n`);
}

function readMark(folder: string, kind: FolderKind): FolderOwner {
  let mark: Record<string, unknown> | null = null;
  try {
    mark = JSON.parse(readFileSync(join(folder, markFile), "utf8")) as Record<string, unknown> | null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (mark?.kind !== kind) return { owner: "other", found: `one whose ${markFile} does not mark a ${kind}` };
  const { version } = mark;
  if (version === markVersion) return { owner: "ours", mark };
  if (typeof version === "number" && version > markVersion) return { owner: "newer", version };
  return { owner: "other", found: `one whose ${markFile} has no version that is known` };
}

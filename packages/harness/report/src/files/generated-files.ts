import { dirname, extname, join } from "node:path";
import { makeDirectory, mayReplace, writeWhole } from "@petl/files";

/** A file of a report or forecast, by its path relative to the folder of it. */
export interface GeneratedFile {
  readonly name: string;
  readonly content: string;
}

/** A file in the way is not one of ours, so that it is not replaced. */
export class ForeignFileError extends Error {
  override readonly name = "ForeignFileError";
  readonly code = "E_OUT_FOREIGN";
  constructor(readonly file: string) {
    super(`${file}: expected no file or one that petl-bench made, got another; move it or choose another --out`);
  }
}

/** What only our files begin with. CSV has no comments: its header must do. */
const marks: Readonly<Record<string, string>> = {
  ".html": '<meta name="generator" content="petl-bench">',
  ".md": "<!-- made by petl-bench -->",
  ".svg": "<!-- made by petl-bench -->",
  ".tex": "% made by petl-bench",
  ".csv": "group,method,task,seeds,",
};

/** The contents with a mark by which they are known to be ours. */
function withMark({ name, content }: GeneratedFile): string {
  const mark = markOf(name);
  const charset = '<meta charset="utf-8">';
  if (extname(name) === ".html") return content.replace(charset, `${charset}\n${mark}`);
  return content.startsWith(mark) ? content : `${mark}\n${content}`;
}

/**
 * Writes files below a folder, each whole and marked as ours, the last first.
 *
 * @throws ForeignFileError before the first is written, where one of them would replace a file that is not marked; the file
 *   system's error
 */
export async function writeGenerated(folder: string, files: readonly GeneratedFile[]): Promise<void> {
  const foreign = files.map(({ name }) => join(folder, name)).find((path) => !mayReplace(path, markOf(path)));
  if (foreign !== undefined) throw new ForeignFileError(foreign);
  for (const file of [...files].reverse()) {
    const path = join(folder, file.name);
    makeDirectory(dirname(path));
    await writeWhole(path, withMark(file));
  }
}

function markOf(name: string): string {
  const mark = marks[extname(name)];
  if (mark === undefined) throw new Error(`${name}: no mark for files of this kind`);
  return mark;
}

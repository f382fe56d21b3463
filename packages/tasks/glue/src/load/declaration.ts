import { join } from "node:path";
import { FileError, readText } from "@petl/files";
import { quote, TaskError } from "@petl/task";

/** The `dataset.json` at the top of a data directory in GLUE's layout whose data are not GLUE. */
export interface Declaration {
  readonly source: "sample";
  /** The notice that every report on these data must carry. */
  readonly notice: string;
}

const mostBytes = 1 << 20;

/**
 * Reads `dataset.json`; undefined where there is none, as in the official release.
 * @throws {TaskError} `E_TASK_DATA` where it cannot be understood: unknown data must not pass for GLUE.
 */
export async function readDeclaration(directory: string): Promise<Declaration | undefined> {
  const file = join(directory, "dataset.json");
  const text = textOf(file);
  return text === undefined ? undefined : parse(text, file);
}

function textOf(file: string): string | undefined {
  try {
    return readText(file, mostBytes);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    const refused = cause instanceof FileError ? { expected: cause.expected, got: cause.got } : {};
    throw new TaskError("E_TASK_FILE_UNREADABLE", `the file cannot be read (${code})`, { file, ...refused, cause });
  }
}

function parse(text: string, file: string): Declaration {
  let declared: Partial<Declaration> | null = null;
  try {
    declared = JSON.parse(text) as Partial<Declaration> | null;
  } catch {
    // reported below, like any other content that is no declaration
  }
  if (declared?.source === "sample" && typeof declared.notice === "string" && declared.notice !== "")
    return { source: "sample", notice: declared.notice };
  throw new TaskError("E_TASK_DATA", "the declaration of the data is not understood", {
    file,
    expected: '{ "source": "sample", "notice": "..." }',
    got: quote(text),
    remedy: "remove the file only if the data are GLUE's own",
  });
}

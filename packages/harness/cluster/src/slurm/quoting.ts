import { ClusterError } from "../errors.js";

const control = /\p{Cc}/u;

/**
 * A word of bash that stands for exactly `text`, on one line: in single quotes, or as `$'...'` with escapes where it holds control
 * characters, so that no part of it can begin a line, which sbatch would read as a directive.
 */
export function shellWord(text: string): string {
  refuseNull(text);
  if (!control.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = text.replace(/[\\']/g, "\\$&").replace(/\p{Cc}/gu, octalBytes);
  return `$'${escaped}'`;
}

/** Three digits a byte of UTF-8, so that a digit that follows is not read as part of the escape. */
const octalBytes = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");

/**
 * A value of a `#SBATCH` line that Slurm reads as exactly `text`: sbatch has quotes and backslashes of its own there, and takes a `#`
 * outside quotes for a comment. A `$` or a backtick means nothing to it.
 *
 * @throws ClusterError E_JOB_INVALID for control characters: a directive ends with its line
 */
export function directiveValue(option: string, text: string): string {
  if (control.test(text))
    throw new ClusterError(
      "E_JOB_INVALID",
      `--${option}: expected a value on one line without control characters, got ${JSON.stringify(text)}`,
    );
  return /^[\w./:,=+@%*-]+$/.test(text) ? text : `"${text.replace(/[\\"]/g, "\\$&")}"`;
}

/**
 * The path in Slurm's pattern of file names, where `%` begins a replacement; null where no pattern stands for it: with a backslash
 * Slurm replaces nothing in the whole path, and a control character cannot be in a directive.
 */
export function filenamePattern(path: string): string | null {
  return control.test(path) || path.includes("\\") ? null : path.replaceAll("%", "%%");
}

function refuseNull(text: string): void {
  if (text.includes("\0"))
    throw new ClusterError(
      "E_JOB_INVALID",
      `word of a command: expected no null character, got ${JSON.stringify(text)}`,
    );
}

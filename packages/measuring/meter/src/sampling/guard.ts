import { existsSync } from "node:fs";

const SHELL = "/bin/sh";

/**
 * Becomes the command it is given, beside a guard that waits for the end of standard input, which comes when the parent dies,
 * and then kills it. A line instead of that end dismisses the guard.
 */
const SCRIPT = 'exec 3<&0 </dev/null; (read -r _ <&3 || kill -9 $$) >/dev/null 2>&1 & exec "$@" 3<&-';

/** Whether processes can be guarded here: it takes a POSIX shell. */
export function canGuard(): boolean {
  return process.platform !== "win32" && existsSync(SHELL);
}

/**
 * The command line that runs `path` so that it ends with the process that holds its standard input, a pipe.
 *
 * Without it, one that prints nothing would not notice that its parent was killed, and run on for ever. It keeps its process
 * id and standard output; write a line to the pipe once it has ended.
 */
export function guarded(path: string, args: readonly string[]): readonly [string, ...string[]] {
  return [SHELL, "-c", SCRIPT, SHELL, path, ...args];
}

import { existsSync } from "node:fs";

const SHELL = "/bin/sh";

/**
 * Turns into the given command, beside a guard that waits for the end of standard input (the parent has died) and then kills the
 * command. A line on standard input dismisses the guard.
 */
const SCRIPT = 'exec 3<&0 </dev/null; (read -r _ <&3 || kill -9 $$) >/dev/null 2>&1 & exec "$@" 3<&-';

/** Whether processes can be guarded here: this needs a POSIX shell. */
export function canGuard(): boolean {
  return process.platform !== "win32" && existsSync(SHELL);
}

/**
 * The command line that runs `path` so that it ends with the process that holds the other end of its standard input, a pipe.
 *
 * Without a guard, a command that prints nothing would not notice that its parent was killed. It keeps its process id and standard
 * output; write a line to the pipe once it has ended.
 */
export function guarded(path: string, args: readonly string[]): readonly [string, ...string[]] {
  return [SHELL, "-c", SCRIPT, SHELL, path, ...args];
}

import type { Places } from "@petl/bench";
import type { Command } from "commander";
import { userDirectory, userPath } from "./user-directory.js";

/** The flags that say which code may run. */
export interface CodeFlags {
  readonly project?: string;
  readonly trustCode?: boolean;
}

/** Adds `--project`, and `--trust-code` to a command that reads files which name code. */
export function addCodeFlags(command: Command, { dataNamesCode }: { readonly dataNamesCode: boolean }): void {
  command.option(
    "--project <dir>",
    "Import packages that this directory's package.json lists (default: the nearest one above that lists them)",
  );
  if (!dataNamesCode) return;
  command.option("--trust-code", "Run code files that data files name, as a saved model does (default: refuse)");
}

/** Where a command's code may come from; `typed` are names on the command line. Code from outside is printed once. */
export function codePlaces({ project, trustCode }: CodeFlags = {}, typed: readonly string[] = []): Places {
  const printed = new Set<string>();
  const print = (line: string): void => {
    if (!printed.has(line)) console.error(line);
    printed.add(line);
  };
  return {
    directory: userDirectory(),
    project: project === undefined ? undefined : userPath(project),
    ...{ trustCode, typed },
    onOutside: (line) => print(`code: ${line}`),
    onWarning: (line) => print(`warning: ${line}`),
  };
}

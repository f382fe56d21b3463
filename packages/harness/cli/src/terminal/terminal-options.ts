import type { TerminalOptions } from "@petl/report";

/** The width of the terminal that a table is printed to; a file or a pipe has no limit. */
export function terminalOptions(json = false): TerminalOptions {
  const { isTTY, columns } = json ? process.stderr : process.stdout;
  return isTTY && columns > 0 ? { width: columns } : {};
}

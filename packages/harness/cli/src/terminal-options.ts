import type { TerminalOptions } from "@petl/report";

/** The width of the terminal that a table goes to; a file or a pipe takes any. */
export function terminalOptions(json = false): TerminalOptions {
  const { isTTY, columns } = json ? process.stderr : process.stdout;
  return isTTY && columns > 0 ? { width: columns } : {};
}

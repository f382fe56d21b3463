import { printable } from "@petl/files";
import { CommanderError } from "commander";
import { asStarted } from "./started-as.js";

/** 0 all completed, 1 some run failed, 2 bad usage or input, 130 cancelled. */
export type ExitCode = 0 | 1 | 2 | 130;

/** The user's input is wrong in a way that no other package checks. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "E_USAGE";
}

/** Prints what went wrong and returns the exit code: one line for what a user can mend, a stack for a bug of ours. */
export function reportError(error: unknown): ExitCode {
  if (error instanceof CommanderError) return reportCommander(error);
  const isExpected = error instanceof Error && "code" in error && typeof error.code === "string";
  if (isExpected) console.error(`error: ${asStarted(oneLine(error.message))}`);
  if (!isExpected || process.env.PETL_DEBUG) console.error(error);
  return isExpected ? 2 : 1;
}

function reportCommander({ code, exitCode, message }: CommanderError): ExitCode {
  if (exitCode === 0) return 0; // --help, --version
  if (code !== "commander.help") console.error(`error: ${oneLine(message.replace(/^error: /, ""))}; see --help`);
  return 2;
}

/** A message of any origin on one line, with nothing in it that a terminal acts on. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s*\n\s*/g, " ").trim());
}

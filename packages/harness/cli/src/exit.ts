import { thrownText } from "@petl/bench";
import { oneLine } from "@petl/files";
import { CommanderError } from "commander";
import { asStarted } from "./started-as.js";

/** 0 all completed, 1 some run failed, 2 bad usage or input, 130 cancelled. */
export type ExitCode = 0 | 1 | 2 | 130;

/** The user's input is wrong in a way that no other package checks. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "E_USAGE";
}

/** Prints what went wrong on one line and returns the exit code; `PETL_DEBUG` adds the stack. */
export function reportError(error: unknown): ExitCode {
  if (error instanceof CommanderError) return reportCommander(error);
  const isExpected = error instanceof Error && "code" in error && typeof error.code === "string";
  const text = asStarted(oneLine(thrownText(error)));
  const kind = error instanceof Error ? String(error.name) : typeof error;
  console.error(
    isExpected
      ? `error: ${text}`
      : `error: unexpected ${kind}: ${text}; run the same command with PETL_DEBUG=1 for its stack`,
  );
  if (process.env.PETL_DEBUG) console.error(error);
  return isExpected ? 2 : 1;
}

/**
 * Lets a command go on where nobody reads what it prints any more, such as behind `head`: its exit code stays that of its work.
 * Where output is lost otherwise, as on a full disk, the exit code is 1 at least.
 */
export function guardStreams(): { exitWith(code: number): void } {
  let exitCode: number | undefined;
  let isLost = false;
  const update = (): void => {
    if (exitCode !== undefined) process.exitCode = isLost ? exitCode || 1 : exitCode;
  };
  for (const [name, stream] of [
    ["stdout", process.stdout],
    ["stderr", process.stderr],
  ] as const)
    stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
      if (code === "EPIPE" || code === "ERR_STREAM_DESTROYED" || isLost) return;
      isLost = true;
      update();
      if (name === "stdout") console.error(`error: stdout: expected one that can be written, got ${oneLine(message)}`);
    });
  return {
    exitWith(code) {
      exitCode = code;
      update();
    },
  };
}

/**
 * Says so, with exit code 2, where the process ends before its command has: code it imported called `process.exit`, or awaits what
 * never happens. Call what it returns at the command's end.
 */
export function guardEnding(): () => void {
  const onExit = (code: number): void => {
    if (code === 130) return; // asked twice to stop
    console.error(
      "error: the command ended early: imported code called process.exit or awaits what never happens; nothing more was run",
    );
    process.exitCode = 2;
  };
  const over = (): void => void process.off("exit", onExit);
  process.on("exit", onExit).on("uncaughtExceptionMonitor", over); // it has a message of its own
  return over;
}

function reportCommander({ code, exitCode, message }: CommanderError): ExitCode {
  if (exitCode === 0) return 0; // --help, --version
  if (code !== "commander.help") console.error(`error: ${oneLine(message.replace(/^error: /, ""))}; see --help`);
  return 2;
}

import { printable } from "@petl/files";
import { execa } from "execa";
import { absent, type Figure, measured } from "../figure.js";

/** How to call nvidia-smi. */
export interface Command {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

/** The command from the option, the environment's `NVIDIA_SMI`, or PATH; the locale `C` gives numbers with decimal points. */
export function findCommand(path: string | undefined, env: NodeJS.ProcessEnv, timeoutMs: number): Command {
  return { path: path ?? (env.NVIDIA_SMI || "nvidia-smi"), env: { ...env, LC_ALL: "C" }, timeoutMs };
}

/** The output and exit code of one call. */
export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs nvidia-smi once. Absent (with the reason) if it could not be started, was killed, or timed out. */
export async function ask(command: Command, args: readonly string[]): Promise<Figure<Answer>> {
  const child = execa(command.path, args, {
    env: command.env,
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    timeout: command.timeoutMs,
    killSignal: "SIGKILL",
  });
  // A process stuck in the driver cannot be killed: give up on it rather than wait for it.
  let giveUp: NodeJS.Timeout | undefined;
  const stuck = new Promise<null>((resolve) => {
    giveUp = setTimeout(() => resolve(null), command.timeoutMs + 1000);
  });
  const result = await Promise.race([child, stuck]);
  clearTimeout(giveUp);
  if (result === null) child.unref();
  if (result === null || result.timedOut) return absent(`${command.path} timed out after ${command.timeoutMs} ms`);
  if (result.exitCode === undefined) {
    return absent(startReason(command.path, result.code, result.signal ?? result.shortMessage));
  }
  return measured({ stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode });
}

/** The reason why a process could not be started, or what ended it. */
export function startReason(path: string, code: string | undefined, otherwise: string | undefined): string {
  if (code === "ENOENT") return path.includes("/") ? `${path} does not exist` : `${path} is not on PATH`;
  if (code === "EACCES") return `${path} is not executable`;
  return `${path} could not be run (${code ?? otherwise ?? "unknown cause"})`;
}

/** The first line that is not blank, printable, for a message. */
export function firstLine(text: string): string {
  const line = text.split(/\r?\n/).find((candidate) => candidate.trim() !== "") ?? "";
  return printable(line.trim(), 200);
}

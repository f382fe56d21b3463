import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import {
  type ChildEnding,
  type ChildEvent,
  type ChildRequest,
  eventDescriptor,
  type SerialError,
  stoppedCode,
} from "../child/protocol.js";

export interface ChildOptions {
  readonly onSpawn: (pid: number) => void;
  readonly onEvent: (event: ChildEvent) => void;
  /** Aborting it stops the child, which has half a minute to keep its state. */
  readonly signal: AbortSignal;
}

/** Built output, from the sources as well: only JavaScript can run in a child. */
const program = fileURLToPath(new URL("../../dist/child.js", import.meta.url));
const keptOutput = 4000;
/** Time to end the update in hand and to write the run's state. */
const graceMs = 30_000;

/** Runs one request in a child process; resolves however it ends. */
export async function runChild(request: ChildRequest, options: ChildOptions): Promise<ChildEnding> {
  const child = execa(process.execPath, [program], {
    input: JSON.stringify(request),
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    buffer: false,
    reject: false,
    cancelSignal: options.signal,
    forceKillAfterDelay: graceMs,
  });
  if (child.pid !== undefined) options.onSpawn(child.pid);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-keptOutput);
      if (process.env.PETL_DEBUG) process.stderr.write(chunk);
    });
  }
  let error: SerialError | null = null;
  let done = false;
  const events = createInterface({ input: child.stdio[eventDescriptor] as unknown as Readable });
  events.on("line", (line) => {
    const event = parseEvent(line);
    if (event === null) return;
    if (event.type === "error") error = event.error;
    if (event.type === "done") done = true;
    options.onEvent(event);
  });
  const read = new Promise((resolve) => events.once("close", resolve));
  const result = await child;
  await read;
  const exitCode = result.exitCode ?? null;
  const signal = result.signal ?? null;
  const completed = done && error === null && exitCode === 0;
  const isStopped = signal === "SIGINT" || (error as SerialError | null)?.code === stoppedCode;
  const cancelled = !completed && (options.signal.aborted || isStopped);
  const cause = completed ? null : (error ?? outsideError(exitCode, signal, said, result.originalMessage));
  return { completed, cancelled, error: cause, exitCode, signal };
}

/** A line cut off by a crash is no event. */
function parseEvent(line: string): ChildEvent | null {
  try {
    return JSON.parse(line) as ChildEvent;
  } catch {
    return null;
  }
}

function outsideError(exitCode: number | null, signal: string | null, said: string, reason?: string): SerialError {
  const lastLines = said.trim().split("\n").slice(-3).join(" | ");
  const tail = lastLines === "" ? "" : `; its last words: ${lastLines}`;
  if (/heap out of memory|JavaScript heap/.test(said)) {
    const message =
      "the run used up Node's heap; lower --batch-size or --limit, or raise NODE_OPTIONS=--max-old-space-size";
    return { name: "OutOfMemoryError", code: "E_OUT_OF_MEMORY", message, stack: said };
  }
  if (signal !== null) {
    const hint = signal === "SIGKILL" ? " (if nobody ended it, the machine ran out of memory: lower --batch-size)" : "";
    return {
      name: "CrashError",
      code: "E_CHILD_KILLED",
      message: `the run's process was ended by ${signal}${hint}${tail}`,
      stack: null,
    };
  }
  const how =
    exitCode === null
      ? `could not be started: ${reason ?? "unknown cause"}`
      : `ended with exit code ${exitCode} and no message`;
  return { name: "CrashError", code: "E_CHILD_EXIT", message: `the run's process ${how}${tail}`, stack: null };
}

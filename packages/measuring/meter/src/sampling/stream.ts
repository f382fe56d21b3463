import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { type Command, firstLine, startReason } from "../gpu/nvidia-smi.js";
import { delay } from "../time.js";
import { canGuard, guarded } from "./guard.js";
import { LineReader, withoutReadingAhead } from "./line-reader.js";
import { LONGEST_LINE } from "./line-splitter.js";

/** A long-lived nvidia-smi that prints lines every period. */
export interface Stream {
  /** How it ended, in words; resolves once, whether by itself or by `stop`. */
  readonly ended: Promise<string>;
  /** Processor time it has used so far, in seconds; null where the system does not report it or the process has ended. */
  cpuS(): Promise<number | null>;
  /** Text after the last line break. */
  readonly rest: () => string;
  /** Passes on each line as it arrives from now on. */
  readAtOnce(): void;
  /** Ends the process; resolves when it is gone, or after two seconds if it does not go. */
  stop(): Promise<void>;
}

/** Starts nvidia-smi and passes on each whole line, in batches with `pauseMs`; it ends when this process does, however that happens. */
export function openStream(
  command: Command,
  args: readonly string[],
  onLine: (line: string) => void,
  pauseMs = 0,
): Stream {
  let stderr = "";
  let isEndless = false;
  const guard = canGuard();
  const [file, ...rest] = guard ? guarded(command.path, args) : [command.path, ...args];
  const child = withoutReadingAhead(() =>
    execa(file, rest, {
      env: command.env,
      extendEnv: false,
      stdin: guard ? "pipe" : "ignore",
      buffer: false,
      reject: false,
      forceKillAfterDelay: 500,
    }),
  );
  const reader = new LineReader(child.stdout, onLine, pauseMs, () => {
    isEndless = true;
    child.kill("SIGKILL");
  });
  child.stdin?.on("error", () => {}); // the guard may have been killed
  child.once("exit", () => {
    child.stdin?.end("\n");
    reader.readAtOnce();
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    if (stderr.length < 2000) stderr += chunk;
  });
  const ended = child.then((result) => {
    if (isEndless) return `was ended for a line of more than ${LONGEST_LINE} characters`;
    const said = firstLine(stderr);
    if (result.exitCode !== undefined) return `ended with code ${result.exitCode}${said ? `: ${said}` : ""}`;
    if (result.signal !== undefined) return `was ended by ${result.signal}`;
    return startReason(command.path, result.code, result.shortMessage);
  });
  return {
    ended,
    cpuS: () => cpuTime(child.pid),
    rest: () => reader.rest,
    readAtOnce: () => reader.readAtOnce(),
    async stop() {
      child.kill();
      const gone = new AbortController();
      await Promise.race([ended, delay(2000, gone.signal)]);
      gone.abort();
      child.unref();
    },
  };
}

/** Linux shows it in hundredths of a second (`utime` and `stime`, the 14th and 15th field of `stat`). */
async function cpuTime(pid: number | undefined): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // from the third on
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return Number.isFinite(user + system) && fields.length > 12 ? (user + system) / 100 : null;
}

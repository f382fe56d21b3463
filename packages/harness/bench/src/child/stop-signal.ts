import { stoppedCode } from "./protocol.js";

/** A run was asked to stop. */
class StoppedError extends Error {
  override readonly name = "StoppedError";
  readonly code = stoppedCode;

  constructor(signal: string) {
    super(`the run was asked to stop by ${signal}`);
  }
}

/** Signals that ask a process to end, which systems that schedule jobs and closed terminals send to all of them. */
const endings = ["SIGTERM", "SIGHUP"] as const;

/** Does work that ends early, and in order, once this process is asked to end; before and after, such a signal ends it at once. */
export async function untilStopped<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const stop = new AbortController();
  const onSignal = (name: string): void => stop.abort(stop.signal.reason ?? new StoppedError(name));
  for (const name of endings) process.on(name, onSignal);
  try {
    return await work(stop.signal);
  } finally {
    for (const name of endings) process.off(name, onSignal);
  }
}

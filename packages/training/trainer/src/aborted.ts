import { setImmediate as turn } from "node:timers/promises";

/** Whether a signal is aborted, once whatever waits to abort it has had its turn: training alone may never leave this process's thread. */
export async function isAborted(signal: AbortSignal | undefined): Promise<boolean> {
  if (signal === undefined) return false;
  await turn();
  return signal.aborted;
}

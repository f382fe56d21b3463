import { setTimeout as sleep } from "node:timers/promises";

/** Seconds since the epoch, monotonic: set once at process start, not moved when the wall clock is. */
export function nowS(): number {
  return (performance.timeOrigin + performance.now()) / 1000;
}

/** A span of time, in epoch seconds on the clock of `nowS()`. */
export interface Window {
  readonly fromS: number;
  readonly toS: number;
}

/** Resolves after `ms` milliseconds, or as soon as `signal` aborts. */
export async function delay(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

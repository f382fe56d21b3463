import { MeterError } from "./errors.js";
import type { Meter } from "./meter.js";

export interface IdleOptions {
  /** What the device may hold and still count as idle, in bytes (default 500e6). */
  readonly limitBytes?: number;
  /** Go on with a busy device; the result says that it was (default false). */
  readonly allowBusy?: boolean;
}

/** To be recorded with a run. */
export interface IdleCheck {
  readonly busy: boolean;
  /** Null where it could not be read: then `reason` says why. */
  readonly usedBytes: number | null;
  readonly reason: string | null;
}

/**
 * Refuses a device that already holds more than `limitBytes`: memory and energy of others would be billed to the run.
 *
 * Throws `MeterError` `E_DEVICE_BUSY` unless `allowBusy`.
 */
export async function assertIdle(meter: Meter, options: IdleOptions = {}): Promise<IdleCheck> {
  const { limitBytes = 500e6, allowBusy = false } = options;
  const memory = await meter.memory();
  if (memory.value === null) return { busy: false, usedBytes: null, reason: memory.reason };
  const { usedBytes, processes } = memory.value;
  const busy = usedBytes > limitBytes;
  if (busy && !allowBusy) {
    const megabytes = (bytes: number | null) => (bytes === null ? "unknown size" : `${Math.round(bytes / 1e6)} MB`);
    const holders = processes.map(({ pid, bytes }) => `pid ${pid} (${megabytes(bytes)})`).join(", ");
    throw new MeterError(
      "E_DEVICE_BUSY",
      `meter: expected GPU ${meter.gpu?.index ?? "?"} to hold at most ${megabytes(limitBytes)}, it holds ${megabytes(usedBytes)}` +
        `${holders ? `: ${holders}` : ""}. End those processes, choose another GPU, or pass --allow-busy (recorded with the run).`,
      { usedBytes, limitBytes, processes },
    );
  }
  return { busy, usedBytes, reason: null };
}

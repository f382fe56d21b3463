import { MeterError } from "./errors.js";
import type { Meter } from "./meter.js";

export interface IdleOptions {
  /** Most bytes that an idle device may hold (default 500e6). */
  readonly limitBytes?: number;
  /** Accept a busy device; the result records it (default false). */
  readonly allowBusy?: boolean;
}

/** The result of the check, recorded with a run. */
export interface IdleCheck {
  readonly busy: boolean;
  /** Null where it could not be read, with the `reason`. */
  readonly usedBytes: number | null;
  readonly reason: string | null;
}

/**
 * Refuses a device that already holds more than `limitBytes`: the run would be charged for the memory and energy of others.
 *
 * @throws MeterError E_DEVICE_BUSY unless `allowBusy`
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

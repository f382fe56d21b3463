import type { ChildEvent } from "./protocol.js";

/** Two clocks of one process, in seconds: the epoch's as `nowS` counts it, and the machine's, which all processes share. */
export interface Clocks {
  readonly epochS: () => number;
  /** Counts on whatever the wall clock is set to. */
  readonly machineS: () => number;
}

/** This process's clocks. */
const ownClocks: Clocks = {
  epochS: () => (performance.timeOrigin + performance.now()) / 1000,
  machineS: () => Number(process.hrtime.bigint()) / 1e9,
};

/**
 * What to add to the machine's clock for the time of day as this process counts it, in seconds.
 *
 * `nowS` counts on from the wall clock at a process's start. Where that clock is set between the starts of two processes their
 * times differ by the step, so that spans from one to the other would be wrong; this figure differs by the same.
 */
export const clockOffsetS = ({ epochS, machineS }: Clocks = ownClocks): number => epochS() - machineS();

/** Puts the times of a process's events on the clock of another process, given that one's offset (`clockOffsetS`). */
export function toClockOf(
  otherOffsetS: number,
  clocks: Clocks = ownClocks,
): <Event extends ChildEvent>(event: Event) => Event {
  const shiftS = otherOffsetS - clockOffsetS(clocks);
  return (event) => ("atS" in event ? { ...event, atS: event.atS + shiftS } : event);
}

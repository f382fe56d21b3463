// How busy the machine's processors are, so that a timing can report the load of other processes.
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** Idle and total ticks of all processors since the system started; null if the system does not report them. */
function processorTicks() {
  try {
    const ticks = readFileSync("/proc/stat", "utf8").split("\n")[0].trim().split(/\s+/).slice(1, 9).map(Number);
    return { idle: ticks[3] + ticks[4], all: ticks.reduce((sum, each) => sum + each, 0) };
  } catch {
    return null;
  }
}

/** Busy share of the processors while this command is idle. */
export async function busyBefore() {
  const before = processorTicks();
  await delay(1500);
  const after = processorTicks();
  return before && after ? 1 - (after.idle - before.idle) / (after.all - before.all) : null;
}

/** Starts watching; the returned function gives the share of processor time that other processes used since. */
export function watchOthers() {
  const [before, own] = [processorTicks(), process.cpuUsage()];
  return () => {
    const after = processorTicks();
    if (before === null || after === null) return null;
    const { user, system } = process.cpuUsage(own);
    const ticksPerS = 100;
    const all = after.all - before.all;
    const ofOthers = all - (after.idle - before.idle) - (ticksPerS * (user + system)) / 1e6;
    return Math.max(0, ofOthers) / all;
  };
}

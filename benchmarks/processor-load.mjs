// How busy the machine's processors are, so that a timing can say who else was at work.
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** Ticks of all processors since the system started: what was idle, and all. Null where the system does not say. */
function processorTicks() {
  try {
    const ticks = readFileSync("/proc/stat", "utf8").split("\n")[0].trim().split(/\s+/).slice(1, 9).map(Number);
    return { idle: ticks[3] + ticks[4], all: ticks.reduce((sum, each) => sum + each, 0) };
  } catch {
    return null;
  }
}

/** Share of the processors that is busy while nothing of this command runs. */
export async function busyBefore() {
  const before = processorTicks();
  await delay(1500);
  const after = processorTicks();
  return before && after ? 1 - (after.idle - before.idle) / (after.all - before.all) : null;
}

/** Begins to watch: the function returned says what share of the processors' time went to other processes since. */
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

// How busy the machine's processors are, so that a timing can report the load of other processes.
import { setTimeout as delay } from "node:timers/promises";
import { machineTimes } from "@petl/meter";

/** Processor seconds since a reading, of all that ran and of all there were; null if the system does not report them. */
function since({ value: before }) {
  const { value: after } = machineTimes();
  if (before === null || after === null) return null;
  return { busyS: after.busyS - before.busyS, capacityS: after.capacityS - before.capacityS };
}

/** Busy share of the processors while this command is idle. */
export async function busyBefore() {
  const before = machineTimes();
  await delay(1500);
  const spent = since(before);
  return spent && spent.busyS / spent.capacityS;
}

/** Starts watching; the returned function gives the share of processor time that other processes used since. */
export function watchOthers() {
  const [before, own] = [machineTimes(), process.cpuUsage()];
  return () => {
    const spent = since(before);
    if (spent === null) return null;
    const { user, system } = process.cpuUsage(own);
    return Math.max(0, spent.busyS - (user + system) / 1e6) / spent.capacityS;
  };
}

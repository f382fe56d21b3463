import { cpus } from "node:os";
import { readTextOrNull } from "@petl/files";
import { absent, type Figure, measured } from "../figure.js";

/** Processor time of a whole machine from some start, in seconds summed over its processors. */
export interface MachineTimes {
  /** Spent on anything at all. */
  readonly busyS: number;
  /** Spent on anything or nothing: the number of processors times the time passed. */
  readonly capacityS: number;
}

/** The unit in which Linux tells programs processor times (`USER_HZ`), alike on all that Node runs on. */
const ticksPerS = 100;

/** The machine's processor time so far: from `<procRoot>/stat` on Linux, from Node elsewhere. */
export function machineTimes(procRoot = "/proc"): Figure<MachineTimes> {
  if (process.platform !== "linux") return measured(timesOfNode());
  const times = parseMachineTimes(readTextOrNull(`${procRoot}/stat`) ?? "");
  return times === null ? absent(`${procRoot}/stat gives no processor times`) : measured(times);
}

/**
 * The first line of `/proc/stat`; null where the text begins otherwise.
 *
 * Waiting for a disk (`iowait`) is idle. Time that a hypervisor gave to other guests (`steal`) is busy: this machine lacked it.
 * `guest` is part of `user`. https://docs.kernel.org/filesystems/proc.html, "Miscellaneous kernel statistics in /proc/stat"
 */
export function parseMachineTimes(stat: string): MachineTimes | null {
  const ticks = /^cpu +(\d+(?: \d+){7})/.exec(stat)?.[1]?.split(" ").map(Number);
  if (ticks === undefined) return null;
  const [, , , idle = 0, ioWait = 0] = ticks;
  const all = ticks.reduce((sum, each) => sum + each, 0);
  return { busyS: (all - idle - ioWait) / ticksPerS, capacityS: all / ticksPerS };
}

function timesOfNode(): MachineTimes {
  const all = cpus().map(({ times }) => times);
  const busyMs = all.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0);
  const idleMs = all.reduce((sum, { idle }) => sum + idle, 0);
  return { busyS: busyMs / 1000, capacityS: (busyMs + idleMs) / 1000 };
}

/**
 * Processor seconds of a process, from its `/proc/<pid>/stat`: user and system time of all its threads and of the children it has
 * waited for. Null where the text is not of such a file.
 */
export function parseProcessTimeS(stat: string): number | null {
  const afterCommand = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // the command may hold anything; from the state on
  const ticks = afterCommand.slice(11, 15).map(Number); // utime, stime, cutime, cstime
  return ticks.length === 4 ? ticks.reduce((sum, each) => sum + each, 0) / ticksPerS : null;
}

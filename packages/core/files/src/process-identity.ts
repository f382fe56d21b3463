import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** A process so described that another process can tell whether it still runs. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** The space of process ids it lives in, as a container has its own; null where that is not shown. */
  readonly space: string | null;
  /** The boot and the tick at which it began; null where that is not shown. It tells a pid that is used again. */
  readonly began: string | null;
}

/** The identity of this process. */
export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, host: hostname(), space: pidSpace(), began: beginningOf(process.pid) };
}

/** Whether a process has ended for certain; false where it cannot be asked, as on another machine. */
export function hasEnded({ pid, host, space, began }: ProcessIdentity): boolean {
  if (host !== hostname() || space !== pidSpace()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return true;
  }
  const beginning = beginningOf(pid);
  return beginning !== null && began !== null && began !== beginning;
}

function pidSpace(): string | null {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return null;
  }
}

function beginningOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]; // the 22nd field
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()} ${ticks}`;
  } catch {
    return null;
  }
}

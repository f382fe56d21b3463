import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { readText } from "@petl/files";
import { BenchError } from "../errors.js";

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as its kernel counts; null where that is not shown. It tells a pid that is used again. */
  readonly began: string | null;
}

/** A takeover is a matter of milliseconds: one this old was cut off. */
const takeoverMs = 10_000;

/**
 * Locks a directory for this process by a file `.lock` in it; returns the unlocking. The lock of a process that has ended is
 * taken over; one of another machine cannot be judged and holds.
 *
 * @throws BenchError E_OUT_LOCKED where a process that is alive holds it
 */
export function lockDirectory(directory: string): () => void {
  const file = join(directory, ".lock");
  const own: Holder = { pid: process.pid, host: hostname(), began: beginningOf(process.pid) };
  if (!create(file, own)) takeOver(file, own);
  return () => {
    const holder = readHolder(file);
    if (holder?.pid === own.pid && holder.host === own.host) rmSync(file, { force: true });
  };
}

/** One taker at a time looks who holds the lock, and replaces it only if nobody does. */
function takeOver(file: string, own: Holder): void {
  refuseIfHeld(file);
  const turn = `${file}.takeover`;
  if (!create(turn, own)) {
    const ageMs = Date.now() - (statSync(turn, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (ageMs < takeoverMs) throw lockedError(file, readHolder(turn) ?? own);
    rmSync(turn, { force: true });
    takeOver(file, own);
    return;
  }
  try {
    refuseIfHeld(file); // it may have changed hands before our turn came
    rmSync(file, { force: true });
    if (!create(file, own)) throw lockedError(file, readHolder(file) ?? own);
  } finally {
    rmSync(turn, { force: true });
  }
}

function refuseIfHeld(file: string): void {
  const holder = readHolder(file);
  if (holder !== null && isAlive(holder)) throw lockedError(file, holder);
}

function lockedError(file: string, { pid, host }: Holder): BenchError {
  return new BenchError(
    "E_OUT_LOCKED",
    `output directory ${file.slice(0, -"/.lock".length)} is in use by another bench (process ${pid} on ${host}); wait for it, pass another --out, or delete ${file} if that process is no bench`,
  );
}

/** Makes the file with its content in one step, so that nobody reads half of it; false where there is one. */
function create(file: string, own: Holder): boolean {
  const prepared = `${file}.${own.pid}`;
  try {
    writeFileSync(prepared, JSON.stringify(own));
    linkSync(prepared, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw error;
    return createWithoutLinks(file, own); // such as on exFAT
  } finally {
    rmSync(prepared, { force: true });
  }
}

function createWithoutLinks(file: string, own: Holder): boolean {
  try {
    writeFileSync(file, JSON.stringify(own), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Null where there is none, or only a part of one left by a crash. */
function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readText(file, 4096)) as Holder;
  } catch {
    return null;
  }
}

/** Another machine's process cannot be asked: it counts as alive. */
function isAlive({ pid, host, began }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const beginning = beginningOf(pid);
  return beginning === null || (began ?? beginning) === beginning;
}

/** The boot and the tick of it at which a process began; null where the system does not show them. */
function beginningOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]; // the 22nd field
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()} ${ticks}`;
  } catch {
    return null;
  }
}

import { accessSync, constants, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { makeDirectory } from "@petl/results";
import { BenchError } from "../errors.js";

const lockFile = ".lock";

interface Lock {
  readonly pid: number;
  readonly host: string;
}

/**
 * Makes the output directory, checks that files can be made in it, and locks it for this process; returns the unlocking.
 *
 * @throws BenchError E_OUT_UNWRITABLE; E_OUT_LOCKED where a process that is alive uses it
 */
export function openOutput(out: string): () => void {
  try {
    makeDirectory(join(out, "runs"));
    accessSync(join(out, "runs"), constants.W_OK);
    const probe = join(out, "runs", `.probe-${process.pid}`);
    writeFileSync(probe, Buffer.alloc(4096));
    rmSync(probe);
    return lock(out);
  } catch (cause) {
    if (cause instanceof BenchError) throw cause;
    throw new BenchError(
      "E_OUT_UNWRITABLE",
      `output directory ${out}: expected one that can be written, got ${(cause as Error).message}; free some space, change its permissions or pass another --out`,
      { cause },
    );
  }
}

function lock(out: string): () => void {
  const file = join(out, lockFile);
  const own: Lock = { pid: process.pid, host: hostname() };
  if (!create(file, own)) {
    const holder = readLock(file);
    if (holder !== null && isAlive(holder)) {
      throw new BenchError(
        "E_OUT_LOCKED",
        `output directory ${out} is in use by another bench (process ${holder.pid} on ${holder.host}); wait for it, pass another --out, or delete ${file} if that process is no bench`,
      );
    }
    renameSync(file, `${file}.stale`); // atomic: of two takers one fails here
    rmSync(`${file}.stale`, { force: true });
    if (!create(file, own)) return lock(out);
  }
  return () => {
    if (readLock(file)?.pid === process.pid) rmSync(file, { force: true });
  };
}

function create(file: string, own: Lock): boolean {
  try {
    writeFileSync(file, JSON.stringify(own), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Null where there is none, or only a part of one left by a crash. */
function readLock(file: string): Lock | null {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Lock) : null;
  } catch {
    return null;
  }
}

/** Another machine's process cannot be asked: it counts as alive. */
function isAlive({ pid, host }: Lock): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { withLock } from "../src/index.js";
import { type ProcessIdentity, thisProcess } from "../src/process-identity.js";

function lockFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "petl-lock-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "locks", "entry.lock");
}

/** A lock file as another process would have left it. */
function leave(file: string, holder: Partial<ProcessIdentity>): void {
  writeFileSync(file, JSON.stringify({ ...thisProcess(), ...holder }));
}

test("R2: work on one entry is done one after the other, and nothing is left behind", async () => {
  const file = lockFile();
  let inside = 0;
  let most = 0;
  const waited: number[] = [];
  const work = async (index: number) => {
    most = Math.max(most, ++inside);
    await pause(20);
    inside--;
    return index;
  };
  const options = { onWait: ({ pid }: ProcessIdentity) => waited.push(pid) };
  const done = await Promise.all([0, 1, 2, 3].map((index) => withLock(file, () => work(index), options)));
  expect([done, most]).toEqual([[0, 1, 2, 3], 1]);
  expect(waited).toEqual([process.pid, process.pid, process.pid]); // once each
  expect(readdirSync(join(file, ".."))).toEqual([]);
});

test("the lock is freed where the work fails", async () => {
  const file = lockFile();
  await expect(withLock(file, () => Promise.reject(new Error("full")))).rejects.toThrow("full");
  expect(existsSync(file)).toBe(false);
});

test("the lock of a process that has ended is taken over, by one of many", async () => {
  const file = lockFile();
  await withLock(file, async () => {}); // makes the folder
  leave(file, { pid: 2 ** 22 + 1 }); // above any pid
  let inside = 0;
  const work = async () => {
    expect(++inside).toBe(1);
    await pause(5);
    inside--;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock(file, work)));
});

test.runIf(existsSync("/proc/self/stat"))("a pid that is used again does not hold it", async () => {
  const file = lockFile();
  await withLock(file, async () => {});
  leave(file, { began: "another-boot 1" });
  expect(await withLock(file, async () => "taken")).toBe("taken");
});

test("a process that is killed while it holds the lock gives way", async () => {
  const file = lockFile();
  await withLock(file, async () => {});
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await new Promise((resolve) => child.once("spawn", resolve));
  leave(file, { pid: child.pid!, began: null });
  const order: string[] = [];
  const waiting = withLock(file, async () => void order.push("work"), { onWait: () => order.push("wait") });
  await pause(300);
  expect(order).toEqual(["wait"]);
  child.kill("SIGKILL");
  await waiting;
  expect(order).toEqual(["wait", "work"]);
});

test("a holder on another machine without a sign of life is named, and its lock is left alone", async () => {
  const file = lockFile();
  await withLock(file, async () => {});
  leave(file, { host: "node-7", pid: 12 });
  const work = withLock(file, async () => {}, { patienceMs: 300 });
  await expect(work).rejects.toThrow(/process 12 on node-7 holds this lock and has shown no sign of life/);
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ host: "node-7" });
});

test("the caller's abort ends the wait", async () => {
  const file = lockFile();
  await withLock(file, async () => {
    await expect(withLock(file, async () => {}, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
  });
});

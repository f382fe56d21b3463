import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { claim, makeDirectory, type ProcessIdentity, thisProcess } from "../src/index.js";

function claimFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "petl-claim-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "claims", "run.lock");
}

/** A claim as a process of another machine would have left it. */
function leave(file: string, holder: Partial<ProcessIdentity> & { readonly name?: string }): void {
  makeDirectory(dirname(file));
  writeFileSync(file, JSON.stringify({ ...thisProcess(), host: "elsewhere", ...holder }));
}

test("one of many gets it, the others are told who has it, and it can be had again", async () => {
  const file = claimFile();
  const claims = await Promise.all(Array.from({ length: 8 }, () => claim(file)));
  const got = claims.filter((each) => each.isOurs);
  expect(got).toHaveLength(1);
  expect(claims.filter((each) => !each.isOurs).map(({ holder }) => holder.pid)).toEqual(Array(7).fill(process.pid));
  got[0]!.release();
  expect(existsSync(file)).toBe(false);
  expect((await claim(file)).isOurs).toBe(true);
});

test("of a process that has ended, or of an earlier one of the same name, it is taken over at once", async () => {
  const file = claimFile();
  leave(file, { ...thisProcess(), pid: 2 ** 22 + 1 }); // above any pid
  const first = await claim(file, { patienceMs: 60_000 });
  expect(first.isOurs).toBe(true);
  leave(file, { name: "job 7, task 3" });
  expect((await claim(file, { name: "job 7, task 3", patienceMs: 60_000 })).isOurs).toBe(true);
});

test("of another machine it holds while its time moves, and is taken over where it does not", async () => {
  const file = claimFile();
  leave(file, { pid: 5 });
  const life = setInterval(() => utimesSync(file, new Date(), new Date()), 100);
  expect(await claim(file, { name: "mine", patienceMs: 60_000 })).toMatchObject({
    isOurs: false,
    holder: { host: "elsewhere", pid: 5 },
  });
  clearInterval(life);
  expect((await claim(file, { patienceMs: 1000 })).isOurs).toBe(true);
});

test("a wait ends with its signal", async () => {
  const file = claimFile();
  leave(file, {});
  const signal = AbortSignal.timeout(200);
  await expect(claim(file, { signal })).rejects.toThrow("timeout");
});

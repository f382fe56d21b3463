import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { thisProcess } from "@petl/files";
import { execa } from "execa";
import { expect, test } from "vitest";
import { openOutput } from "../src/run/output.js";
import { directoryOf } from "./files.js";

/** A process that has ended: its id is above the highest. */
const dead = { ...thisProcess(), pid: 2 ** 22 + 1, began: null };

test("an output directory is locked until it is released", () => {
  const out = join(directoryOf({}), "out");
  const release = openOutput(out, {});
  expect(() => openOutput(out, {})).toThrow(`in use by another bench (process ${process.pid} on ${hostname()})`);
  release();
  openOutput(out, {})();
  expect(existsSync(join(out, ".lock"))).toBe(false);
});

test("the lock of a dead process, and one cut off by a crash, are taken over; another machine's is not", () => {
  for (const content of [JSON.stringify(dead), '{"pid":']) openOutput(directoryOf({ ".lock": content }), {})();
  const elsewhere = directoryOf({ ".lock": JSON.stringify({ ...dead, host: "elsewhere" }) });
  expect(() => openOutput(elsewhere, {})).toThrow("on elsewhere");
});

test.runIf(process.platform === "linux")("a pid that is used again by another process holds no lock", () => {
  const out = directoryOf({});
  const release = openOutput(out, {});
  const held = JSON.parse(readFileSync(join(out, ".lock"), "utf8")) as { began: string };
  release();
  writeFileSync(join(out, ".lock"), JSON.stringify({ ...held, began: held.began.replace(/\d+$/, "1") }));
  openOutput(out, {})();
  writeFileSync(join(out, ".lock"), JSON.stringify(held));
  expect(() => openOutput(out, {})).toThrow("in use by another bench");
});

test("a takeover that was cut off long ago is no obstacle, one that goes on is", () => {
  const out = directoryOf({ ".lock": JSON.stringify(dead), ".lock.takeover": JSON.stringify(dead) });
  expect(() => openOutput(out, {})).toThrow("in use by another bench");
  utimesSync(join(out, ".lock.takeover"), 0, 0);
  openOutput(out, {})();
  expect(readdirSync(out)).toEqual(["petl-bench.json", "runs"]);
});

test("of many processes that want a directory at once, one gets it, also from a dead one", async () => {
  const out = directoryOf({ ".lock": JSON.stringify(dead) });
  const lock = new URL("../dist/run/lock.js", import.meta.url).href;
  const script = `import { lockDirectory } from ${JSON.stringify(lock)};
    try { lockDirectory(process.argv[1]); console.log("got it"); } catch ({ code }) { console.log(code); }
    process.stdin.resume(); // alive until all have tried`;
  const children = Array.from({ length: 6 }, () => execa(process.execPath, ["--input-type=module", "-e", script, out]));
  const said = await Promise.all(children.map(async ({ stdout }) => String((await once(stdout, "data"))[0]).trim()));
  for (const child of children) child.stdin.end();
  await Promise.all(children);
  expect(said.sort()).toEqual([...Array(5).fill("E_OUT_LOCKED"), "got it"]);
});

test("a directory that cannot be made says so on one line", () => {
  const directory = directoryOf({});
  writeFileSync(join(directory, "file"), "");
  expect(() => openOutput(join(directory, "file", "out"), {})).toThrow(
    /^output directory .*: expected one that can be written, got ENOTDIR[^\n]*$/,
  );
});

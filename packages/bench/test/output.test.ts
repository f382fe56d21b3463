import { existsSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openOutput } from "../src/run/output.js";
import { directoryOf } from "./files.js";

test("an output directory is locked until it is released", () => {
  const out = join(directoryOf({}), "out");
  const release = openOutput(out);
  expect(() => openOutput(out)).toThrow(`in use by another bench (process ${process.pid} on ${hostname()})`);
  release();
  openOutput(out)();
  expect(existsSync(join(out, ".lock"))).toBe(false);
});

test("the lock of a dead process, and one cut off by a crash, are taken over; another machine's is not", () => {
  const dead = { pid: 2 ** 22 + 1, host: hostname() };
  for (const content of [JSON.stringify(dead), '{"pid":']) openOutput(directoryOf({ ".lock": content }))();
  const elsewhere = directoryOf({ ".lock": JSON.stringify({ ...dead, host: "elsewhere" }) });
  expect(() => openOutput(elsewhere)).toThrow("on elsewhere");
});

test("a directory that cannot be made says so on one line", () => {
  const directory = directoryOf({});
  writeFileSync(join(directory, "file"), "");
  expect(() => openOutput(join(directory, "file", "out"))).toThrow(
    /^output directory .*: expected one that can be written, got ENOTDIR[^\n]*$/,
  );
});

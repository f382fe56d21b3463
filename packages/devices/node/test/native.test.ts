import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { restoreUtilities } from "../src/backend.js";
import { findNative, setUpCommand } from "../src/native.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "petl-node-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const setUp = (platform: string): void =>
  writeFileSync(join(directory, "setup.json"), JSON.stringify({ variant: "gpu", tensorflow: "2.21.0", platform }));
const here = `${process.platform} ${process.arch}`;

test("where nothing is set up, the reason says what to do", () => {
  expect(findNative(directory)).toEqual({ native: null, reason: expect.stringMatching(/pnpm setup:node-gpu/) });
});

test("a library for another platform and an addon that is missing are reasons", () => {
  setUp("plan9 mips");
  expect(findNative(directory).reason).toMatch(/set up for plan9 mips, but this machine is/);
  setUp(here);
  expect(findNative(directory).reason).toMatch(/expected the addon .*tfjs_binding\.node, found none/);
});

test("what is set up is found with its version", () => {
  setUp(here);
  const addon = join(directory, "tfjs_binding.node");
  writeFileSync(addon, "");
  expect(findNative(directory)).toEqual({
    native: expect.objectContaining({ variant: "gpu", tensorflow: "2.21.0", addon }),
    reason: null,
  });
});

test("functions that Node.js 23 took out of util come back", () => {
  const util: Record<string, unknown> = {};
  restoreUtilities(util);
  const { isNullOrUndefined } = util as { isNullOrUndefined: (value: unknown) => boolean };
  expect([null, undefined, 0, ""].map(isNullOrUndefined)).toEqual([true, true, false, false]);
  expect(util.isArray).toBe(Array.isArray);
});

test("setup refuses a folder without TensorFlow, and leaves what was set up", () => {
  const before = findNative();
  const script = fileURLToPath(new URL("../setup.mjs", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, "--tensorflow", directory], { encoding: "utf8" });
  expect([status, stderr.split("\n")[0]]).toEqual([2, expect.stringMatching(/^error: expected /)]);
  expect(findNative()).toEqual(before);
});

test("an installation has no script of the workspace, so its own file is named", () => {
  expect(setUpCommand()).toBe("pnpm setup:node-gpu");
  const installed = join("home", "node_modules", "@petl", "device-node", "setup.mjs");
  expect(setUpCommand(installed)).toBe(`node ${installed}`);
});

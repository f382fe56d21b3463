import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

test("the program is that of the checkout, under the name that an installation has", () => {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const shown = execFileSync(process.execPath, [main, "--version"], { encoding: "utf8" });
  expect(shown.split(" ")[0]?.trim()).toBe(version);
  expect(readFileSync(main, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
});

test("its exit code is that of the command", () => {
  const { status, stderr } = spawnSync(process.execPath, [main, "glue", "--nothing"], { encoding: "utf8" });
  expect([status, stderr.trim().split("\n").length]).toEqual([2, 1]);
});

import { expect, test } from "vitest";
import { methodSettings } from "../../src/commands/list/method-settings.js";
import { startBench, temporaryDirectory } from "../bench-command.js";

test("list fits 100 columns", async () => {
  const { stdout } = await startBench(["list"], temporaryDirectory());
  expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
});

test("list --settings shows each method's settings with their defaults", async () => {
  const { stdout, exitCode } = await startBench(["list", "--settings"], temporaryDirectory());
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^lora\n {2}rank +8\n/m);
  expect(stdout).toMatch(/^bitfit\n {2}learningRateScale +1\n/m);
});

test("list --json prints all of it as one object", async () => {
  const { stdout, exitCode } = await startBench(["list", "--json"], temporaryDirectory());
  expect(exitCode).toBe(0);
  const listed = JSON.parse(stdout) as Record<string, { name: string }[]>;
  expect(Object.keys(listed)).toEqual([
    "methods",
    "tasks",
    "collections",
    "families",
    "backbones",
    "presets",
    "devices",
  ]);
  expect(listed.methods).toContainEqual(
    expect.objectContaining({ name: "lora", settings: expect.objectContaining({ rank: 8 }) }),
  );
  expect(listed.collections!.map(({ name }) => name)).toEqual(["superglue", "text"]);
});

test("a method that needs a setting says which", () => {
  const parse = (): never => {
    throw new Error("picky.rank: expected a number");
  };
  expect(methodSettings({ parse })).toEqual({ settings: null, needs: "picky.rank: expected a number" });
});

test("--version names the version and, in a checkout, the commit", async () => {
  const { stdout, exitCode } = await startBench(["--version"], temporaryDirectory());
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringMatching(/^\d+\.\d+\.\d+( \([0-9a-f]{10}(, with local changes)?\))?$/),
  ]);
});

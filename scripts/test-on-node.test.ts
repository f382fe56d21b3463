import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryRoot } from "./workspace.mjs";

test.each([
  [["latest"], "expected a version such as 22 or 24.1.0, got latest"],
  [["24", "package.json", "packages/gone.test.ts"], "found none at packages/gone.test.ts"],
])("%j is refused with status 2", (args, problem) => {
  const program = join(repositoryRoot, "scripts", "test-on-node.mjs");
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
  expect([status, stderr]).toEqual([2, expect.stringContaining(problem)]);
});

test("CI runs test files that exist on other versions of Node.js", () => {
  const script = readFileSync(join(repositoryRoot, ".ci", "run"), "utf8");
  const [, folder, names] = /test-on-node\.mjs .* (\S+)\{(\S+)\}\.test\.ts/.exec(script)!;
  const files = names!.split(",").map((name) => `${folder}${name}.test.ts`);
  expect(files.filter((file) => !existsSync(join(repositoryRoot, file)))).toEqual([]);
});

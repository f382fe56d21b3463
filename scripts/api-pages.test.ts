import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryWorkspace } from "./temporary-workspace.js";
import { repositoryRoot } from "./workspace.mjs";

test("docs:api documents every export of spec and writes a page of it", () => {
  const out = join(temporaryWorkspace({}), "api");
  const program = join(repositoryRoot, "scripts", "api-pages.mjs");
  const { status, stderr } = spawnSync(process.execPath, [program, out], { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  for (const name of ["spec", "tensor", "trainer"])
    expect(existsSync(join(out, "@petl", name, "README.md"))).toBe(true);
  expect(readFileSync(join(out, "@petl/spec/functions/gradientStart.md"), "utf8")).toContain("Attachment");
});

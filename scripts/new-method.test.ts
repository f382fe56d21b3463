import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkPackages } from "./check-packages.mjs";
import { newMethod } from "./new-method.mjs";
import { temporaryWorkspace } from "./temporary-workspace.js";
import { repositoryRoot } from "./workspace.mjs";

const inRepository = (path: string) => join(repositoryRoot, path);
const workspace = () =>
  temporaryWorkspace({
    "pnpm-workspace.yaml": readFileSync(inRepository("pnpm-workspace.yaml"), "utf8"),
    "tsconfig.base.json": readFileSync(inRepository("tsconfig.base.json"), "utf8"),
    "packages/spec/package.json": readFileSync(inRepository("packages/spec/package.json"), "utf8"),
  });

test("a new package, in the repository or outside, passes testMethod at once", () => {
  const root = workspace();
  const written = [
    newMethod({ name: "side-bias", root }),
    newMethod({ name: "own", out: join(root, "packages/mine"), root }),
  ];
  for (const { directory } of written)
    symlinkSync(inRepository("packages/method-lora/node_modules"), join(directory, "node_modules"), "junction");
  const vitest = inRepository("node_modules/vitest/vitest.mjs");
  const report = join(root, "report.json");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      vitest,
      "run",
      "--root",
      root,
      "--config",
      inRepository("vitest.config.ts"),
      "--reporter=default",
      "--reporter=json",
      `--outputFile=${report}`,
    ],
    { encoding: "utf8", env: { ...process.env, VITEST: undefined } },
  );
  expect(status, stdout + stderr).toBe(0);
  const { numPassedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  expect(testResults).toHaveLength(2);
  expect(numPassedTests).toBeGreaterThanOrEqual(2 * 11);
});

test("a package in the repository has the shape of the others", () => {
  const root = workspace();
  newMethod({ name: "side-bias", root });
  const problems: string[] = checkPackages(root);
  expect(problems.filter((problem) => problem.includes("method-side-bias"))).toEqual([]);
});

test("a package outside depends on published names and versions only", () => {
  const root = workspace();
  const { directory, files, next } = newMethod({ name: "own", out: join(root, "elsewhere"), root });
  const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(versions.join(" ")).not.toMatch(/workspace:|catalog:|file:|link:|latest/);
  expect(Object.keys(manifest.dependencies)).toEqual(["@petl/spec"]);
  expect(files.every((file: string) => existsSync(join(directory, file)))).toBe(true);
  expect(next.join("\n")).toContain(`--method ${directory}`);
});

test.each([
  [{ name: "Side_Bias" }, "NAME: expected lower-case words"],
  [{ name: undefined }, "got undefined"],
  [{ name: "spec", out: join(repositoryRoot, "packages/spec") }, "expected no package yet"],
])("%j is refused: %s", (input, problem) => {
  expect(() => newMethod(input)).toThrow(problem);
});

test("the command prints the next steps, and bad usage is one line and exit status 2", () => {
  const root = workspace();
  const program = inRepository("scripts/new-method.mjs");
  const printed = execFileSync(process.execPath, [program, "own", "--out", join(root, "mine")], { encoding: "utf8" });
  expect(printed).toMatch(/next:\n {2}cd .*mine && npm install && npm test/);
  const { status, stderr } = spawnSync(process.execPath, [program, "own", "--nothing"], { encoding: "utf8" });
  expect([status, stderr.trim().split("\n").length]).toEqual([2, 1]);
});

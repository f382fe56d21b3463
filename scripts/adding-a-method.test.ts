import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "./workspace.mjs";

/** Files written in docs/adding-a-method.md: fenced blocks with a title. */
const page = readFileSync(join(repositoryRoot, "docs", "adding-a-method.md"), "utf8");
const files = [...page.matchAll(/^```\w+ title=(\S+)\n([\s\S]*?)^```$/gm)].map(([, path, text]) => ({
  path: path!,
  text: text!,
}));
const packagePath = dirname(files[0]!.path);
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "petl-adding-"));
  for (const { path, text } of files) write(path, path.endsWith("package.json") ? laidOut(text) : text);
  cpSync(join(repositoryRoot, "tsconfig.base.json"), join(directory, "tsconfig.base.json"));
  for (const [name, path] of [
    ["spec", "core/spec"],
    ["tensor", "core/tensor"],
    ["method-testkit", "methods/testkit"],
  ] as const) {
    link(join("packages", path), join("node_modules", "@petl", name));
  }
  link(join("node_modules", "@types", "node"), join("node_modules", "@types", "node"));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A package.json has each item on a line of its own, which the page's blocks of JSON have not. */
const laidOut = (text: string): string => `${JSON.stringify(JSON.parse(text), null, 2)}\n`;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
}

function link(target: string, path: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  symlinkSync(join(repositoryRoot, target), join(directory, path), "junction");
}

/** Runs a JavaScript file of the repository in the temporary directory; returns what it printed. */
function run(script: string, ...args: string[]): string {
  const { VITEST, VITEST_POOL_ID, VITEST_WORKER_ID, NODE_ENV, INIT_CWD, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(repositoryRoot, script), ...args], {
    cwd: directory,
    encoding: "utf8",
    env: { ...env, NO_COLOR: "1" },
  });
  expect(status, stdout + stderr).toBe(0);
  return stdout + stderr;
}

test("the page writes a whole package", () => {
  expect(files.map(({ path }) => path.slice(packagePath.length + 1))).toEqual([
    "package.json",
    "tsconfig.json",
    "src/index.ts",
    "test/output-scale.test.ts",
    "README.md",
  ]);
});

test("the files are formatted and linted as check wants them", () => {
  const options = ["--config-path", repositoryRoot, "--vcs-enabled=false", "--error-on-warnings"];
  run("node_modules/@biomejs/biome/bin/biome", "check", ...options, packagePath);
});

test("the method on the page passes its conformance suite", { timeout: 120_000 }, () => {
  const config = join(repositoryRoot, "vitest.config.ts");
  const printed = run("node_modules/vitest/vitest.mjs", "run", "--root", directory, "--config", config);
  expect(printed).toMatch(/Tests +\d{2} passed \(\d+\)|Tests +\d+ passed \| \d+ skipped/);
});

test("the method on the page compiles, and trains by its path from outside the workspace", { timeout: 120_000 }, () => {
  run("node_modules/typescript/bin/tsc", "-p", packagePath);
  const rows = (count: number): string =>
    Array.from({ length: count }, (_, row) => `a ${row % 2 ? "fine" : "poor"} film number ${row}\t${row % 2}\n`).join(
      "",
    );
  write("glue/SST-2/train.tsv", `sentence\tlabel\n${rows(24)}`);
  write("glue/SST-2/dev.tsv", `sentence\tlabel\n${rows(8)}`);
  const choice = ["--method", `./${packagePath}:sublayers=attention`, "--data", "glue", "--tasks", "sst2"];
  const size = ["--backbone", "t5-tiny-random", "--epochs", "1", "--out", "out"];
  run("packages/harness/cli/dist/main.js", "glue", ...choice, ...size, "--quiet", "--no-progress");
  expect(readFileSync(join(directory, "out", "report.md"), "utf8")).toContain("output-scale");
});

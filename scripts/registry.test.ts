import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Registry, startRegistry, type User } from "./registry/registry.js";
import { readWorkspace, repositoryRoot } from "./workspace.mjs";

/** CI does what fits into a minute; `PETL_REGISTRY=all` does all. */
const isWhole = process.env.PETL_REGISTRY === "all";
const timeout = 900_000;

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
}, timeout);
afterAll(() => registry?.stop());

/** What a user types. */
function type({ folder, env }: User, command: string, ...words: string[]) {
  const options = { cwd: folder, env, encoding: "utf8", timeout: 600_000 } as const;
  return spawnSync(command, words, options);
}

const recordsIn = (folder: string) =>
  readdirSync(join(folder, "runs"))
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(folder, "runs", name), "utf8")));

test("every package of the workspace is there", async () => {
  const published = readWorkspace(repositoryRoot).filter(({ manifest }) => !manifest.private);
  expect(published.length).toBeGreaterThan(45);
  for (const { manifest } of published) {
    const answer = await fetch(`${registry.url}${manifest.name.replace("/", "%2f")}`);
    expect(answer.status, manifest.name).toBe(200);
    const { versions } = (await answer.json()) as { versions: Record<string, unknown> };
    expect(Object.keys(versions)).toEqual([manifest.version]);
  }
});

/** A user whose first command installs the program; the following tests are those of the same user. */
let user: User;

/** What the user types works; returns what it printed on stdout. */
function works(folder: string, command: string, ...words: string[]): string {
  const { status, stdout, stderr } = type({ ...user, folder }, command, ...words);
  expect(status, `${command} ${words.join(" ")}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

test("npx petl-bench glue, in an empty folder of a machine that has nothing, gives a report", { timeout }, () => {
  user = registry.newUser();
  const startMs = performance.now();
  expect(works(user.folder, "npx", "-y", "petl-bench", "--version").trim()).toMatch(/^\d+\.\d+\.\d+$/);
  const installS = (performance.now() - startMs) / 1000;
  const size = isWhole ? [] : ["--tasks", "sst2", "--eval-limit", "32"];
  const table = works(user.folder, "npx", "-y", "petl-bench", "glue", "--data", "sample", "--limit", "64", ...size);
  expect(table).toMatch(/^full .*^lora .*^read /ms);
  const [out = ""] = readdirSync(join(user.folder, "reports"));
  const reports = join(user.folder, "reports", out);
  for (const page of ["report.html", "report.md"]) expect(existsSync(join(reports, page)), page).toBe(true);
  const records = recordsIn(reports);
  expect(records.map(({ status }) => status)).toEqual(records.map(() => "completed"));
  expect(records.length).toBeGreaterThanOrEqual(5);
  console.log(`installed ${(bytesBelow(user.env.HOME!, "_npx") / 1e6).toFixed(0)} MB in ${installS.toFixed(0)} s`);
});

test("an installation finds by name all that a checkout finds", () => {
  const installed = JSON.parse(works(user.folder, "npx", "-y", "petl-bench", "list", "--json"));
  const main = join(repositoryRoot, "packages/harness/cli/dist/main.js");
  const { stdout } = spawnSync(process.execPath, [main, "list", "--json"], { encoding: "utf8", cwd: user.folder });
  const names = ({ methods, collections, families, backbones, presets }: Record<string, { name: string }[]>) =>
    [methods, collections, families, backbones, presets].map((list) => list!.map(({ name }) => name));
  expect(names(installed)).toEqual(names(JSON.parse(stdout)));
});

test("petl-bench init gives a project whose tests pass and whose suite trains its own method on its own task", {
  timeout,
}, () => {
  works(user.folder, "npx", "-y", "petl-bench", "init", "mine");
  const mine = join(user.folder, "mine");
  works(mine, "npm", "install");
  expect(works(mine, "npm", "test")).toMatch(/Tests +\d\d passed/);
  expect(works(mine, "npx", "petl-bench", "run", "--suite", "suite.mjs", "--json")).toContain('"method": "own-bias"');
  const [out = ""] = readdirSync(join(mine, "reports"));
  const finals = recordsIn(join(mine, "reports", out)).filter(({ run }) => run.stage === "final");
  expect(finals.map(({ run, status }) => `${run.method} ${run.task} ${status}`).sort()).toEqual(
    ["full", "lora", "own-bias"].map((method) => `${method} mood completed`),
  );
});

test.runIf(isWhole)("pnpm, which keeps every package apart, installs the same", { timeout }, () => {
  const folder = join(user.folder, "by-pnpm");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  works(folder, "npx", "-y", "pnpm@12", "add", "petl-bench", "--ignore-scripts"); // koffi and webgpu need none
  const { methods } = JSON.parse(works(folder, join(folder, "node_modules/.bin/petl-bench"), "list", "--json"));
  expect(methods.length).toBeGreaterThanOrEqual(12);
});

/** Bytes of all files below the folders of that name in a home's npm. */
function bytesBelow(home: string, name: string): number {
  const { stdout } = spawnSync("du", ["-sb", join(home, ".npm", name)], { encoding: "utf8" });
  return Number.parseInt(stdout, 10);
}

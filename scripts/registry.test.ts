import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findNode } from "./node-version.mjs";
import { type Registry, startRegistry, type User } from "./registry/registry.js";
import { readWorkspace, repositoryRoot } from "./workspace.mjs";

/** CI does what fits into two minutes; `PETL_REGISTRY=all` does all. */
const isWhole = process.env.PETL_REGISTRY === "all";
const timeout = 900_000;

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
}, timeout);
afterAll(() => registry?.stop(), timeout);

/** A user whose first command installs the program; the tests that follow are those of the same user. */
let user: User;

/** What a user types works; returns what it printed on stdout. */
async function works({ folder, env }: User, command: string, ...words: string[]): Promise<string> {
  const options = { cwd: folder, env, encoding: "utf8", timeout: 600_000, maxBuffer: 2 ** 26 } as const;
  const typed = promisify(execFile)(command, words, options);
  typed.child.stdin?.end();
  const { stdout } = await typed.catch(({ code, stdout, stderr }) => {
    throw new Error(`${command} ${words.join(" ")}: exit code ${code}\n${stdout}${stderr}`);
  });
  return stdout;
}

const inFolder = (user: User, folder: string): User => ({ ...user, folder });

/** The records of the only suite that a user has run in a folder. */
function recordsOf(folder: string) {
  const suites = readdirSync(join(folder, "reports"));
  expect(suites).toHaveLength(1);
  const runs = join(folder, "reports", suites[0]!, "runs");
  const names = readdirSync(runs).filter((name) => name.endsWith(".json"));
  return names.map((name) => JSON.parse(readFileSync(join(runs, name), "utf8")));
}

const glue = ["petl-bench", "glue", "--data", "sample", "--limit", "64"];
const short = ["--tasks", "sst2", "--eval-limit", "32"];

async function installs(user: User): Promise<void> {
  const startMs = performance.now();
  expect((await works(user, "npx", "-y", "petl-bench", "--version")).trim()).toMatch(/^\d+\.\d+\.\d+$/);
  const installS = (performance.now() - startMs) / 1000;
  console.log(`installed ${(bytesBelow(user.env.HOME!, "_npx") / 1e6).toFixed(0)} MB in ${installS.toFixed(0)} s`);
}

/** Runs the suite of a project that `petl-bench init` made; returns its final runs in words. */
async function runsOwnProject(user: User): Promise<string[]> {
  await works(user, "npx", "-y", "petl-bench", "init", "mine");
  const mine = inFolder(user, join(user.folder, "mine"));
  await works(mine, "npm", "install");
  expect(await works(mine, "npm", "test")).toMatch(/Tests +\d\d passed/);
  const printed = await works(mine, "npx", "petl-bench", "run", "--suite", "suite.mjs", "--json");
  expect(printed).toContain('"method": "own-bias"');
  const finals = recordsOf(mine.folder).filter(({ run }) => run.stage === "final");
  return finals.map(({ run, status }) => `${run.method} ${run.task} ${status}`).sort();
}

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

test("npx petl-bench glue, in an empty folder of a machine that has nothing, gives a report", { timeout }, async () => {
  user = registry.newUser();
  await installs(user);
  const table = await works(user, "npx", "-y", ...glue, ...(isWhole ? [] : short));
  expect(table).toMatch(/^full .*^lora .*^read /ms);
  const [out = ""] = readdirSync(join(user.folder, "reports"));
  for (const page of ["report.html", "report.md"])
    expect(existsSync(join(user.folder, "reports", out, page)), page).toBe(true);
  const records = recordsOf(user.folder);
  expect(records.map(({ status }) => status)).toEqual(records.map(() => "completed"));
  expect(records.length).toBeGreaterThanOrEqual(5);
});

test("an installation finds by name all that a checkout finds", async () => {
  const installed = JSON.parse(await works(user, "npx", "-y", "petl-bench", "list", "--json"));
  const main = join(repositoryRoot, "packages/harness/cli/dist/main.js");
  const { stdout } = spawnSync(process.execPath, [main, "list", "--json"], { encoding: "utf8", cwd: user.folder });
  const names = ({ methods, collections, families, backbones, presets }: Record<string, { name: string }[]>) =>
    [methods, collections, families, backbones, presets].map((list) => list!.map(({ name }) => name));
  expect(names(installed)).toEqual(names(JSON.parse(stdout)));
});

test("petl-bench init gives a project whose tests pass and whose suite trains its own method on its own task", {
  timeout,
}, async () => {
  const methods = ["full", "lora", "own-bias"];
  expect(await runsOwnProject(user)).toEqual(methods.map((method) => `${method} mood completed`));
});

test.runIf(isWhole)("pnpm, which keeps every package apart, installs the same", { timeout }, async () => {
  const apart = inFolder(user, join(user.folder, "by-pnpm"));
  mkdirSync(apart.folder);
  writeFileSync(join(apart.folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await works(apart, "npx", "-y", "pnpm@12", "add", "petl-bench", "--ignore-scripts"); // koffi and webgpu need none
  const program = join(apart.folder, "node_modules/.bin/petl-bench");
  const { methods } = JSON.parse(await works(apart, program, "list", "--json"));
  expect(methods.length).toBeGreaterThanOrEqual(12);
});

/** The versions that users have beside that of these tests. */
const others = ["20", "22", "24"].filter((version) => version !== process.versions.node.split(".")[0]);

describe.concurrent.each(others)("on Node %s, of what is downloaded already", (version) => {
  test(`an empty folder gets a report${isWhole ? ", and a project of its own trains its method on its task" : ""}`, {
    timeout,
  }, async () => {
    const node = findNode(version);
    const other = registry.newUserBeside(user, node.folder);
    expect((await works(other, "node", "--version")).trim()).toBe(`v${node.version}`);
    await installs(other);
    const size = isWhole ? [] : [...short, "--methods", "read"];
    expect(await works(other, "npx", "-y", ...glue, ...size)).toMatch(/^read /m);
    for (const record of recordsOf(other.folder)) {
      expect(record.status).toBe("completed");
      expect(JSON.stringify(record.environment)).toContain(`"v${node.version}"`);
    }
    if (isWhole) expect(await runsOwnProject(other)).toContain("own-bias mood completed");
  });
});

/** Bytes of all files below the folders of that name in a home's npm. */
function bytesBelow(home: string, name: string): number {
  const { stdout } = spawnSync("du", ["-sb", join(home, ".npm", name)], { encoding: "utf8" });
  return Number.parseInt(stdout, 10);
}

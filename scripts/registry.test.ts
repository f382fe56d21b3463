import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Registry, startRegistry, type User } from "./registry/registry.js";
import { readWorkspace, repositoryRoot } from "./workspace.mjs";

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
});
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

test("npx petl-bench glue, in an empty folder of a machine that has nothing, gives a report", {
  timeout: 900_000,
}, () => {
  const user = registry.newUser();
  const startMs = performance.now();
  const shown = type(user, "npx", "-y", "petl-bench", "--version");
  const installS = (performance.now() - startMs) / 1000;
  expect(shown.stdout.trim(), shown.stderr).toMatch(/^\d+\.\d+\.\d+$/);
  const { status, stdout, stderr } = type(user, "npx", "-y", "petl-bench", "glue", "--data", "sample", "--limit", "64");
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/^full .*^lora .*^read /ms);
  const [out = ""] = readdirSync(join(user.folder, "reports"));
  const reports = join(user.folder, "reports", out);
  for (const page of ["report.html", "report.md"]) expect(existsSync(join(reports, page)), page).toBe(true);
  expect(recordsIn(reports).filter(({ status }) => status === "completed").length).toBeGreaterThanOrEqual(10);
  const { size } = installed(join(user.env.HOME!, ".npm", "_npx"));
  console.log(`installed ${(size / 1e6).toFixed(0)} MB in ${installS.toFixed(0)} s`);
});

/** Bytes of all files below a folder. */
function installed(folder: string): { readonly size: number } {
  const { stdout } = spawnSync("du", ["-sb", folder], { encoding: "utf8" });
  return { size: Number.parseInt(stdout, 10) };
}

import { execFile, execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { temporaryWorkspace } from "./temporary-workspace.js";
import { readWorkspace, repositoryRoot } from "./workspace.mjs";

const program = join(repositoryRoot, "scripts", "release.mjs");
const published = readWorkspace(repositoryRoot).filter(({ manifest }) => !manifest.private);

test("a dry run prints every package, its size and where it would go, and asks no registry", async () => {
  let asked = 0;
  const server = createServer((_, answer) => {
    asked += 1;
    answer.writeHead(404).end("{}");
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const parameters = [program, "--dry-run", "--registry", registry];
  const { stdout } = await promisify(execFile)(process.execPath, parameters);
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toBe(`to ${registry}, without provenance; petl-bench last:`);
  expect(lines.at(-1)).toContain(`${published.length} packages, `);
  for (const { manifest } of published)
    expect(stdout).toMatch(new RegExp(`^  ${manifest.name}@${manifest.version} +\\d+ files +[\\d.]+ kB packed`, "m"));
  expect(asked).toBe(0);
});

test("an unknown flag is refused with the usage and exit code 2", () => {
  const { status, stderr } = spawnSync(process.execPath, [program, "--now"], { encoding: "utf8" });
  expect(status).toBe(2);
  expect(stderr).toContain("usage: pnpm release [--dry-run]");
});

test("a changeset of one package raises the version of all, petl-bench too", () => {
  const at = (path: string): string => readFileSync(join(repositoryRoot, path), "utf8");
  const root = temporaryWorkspace({
    "package.json": { name: "root", private: true },
    "pnpm-workspace.yaml": at("pnpm-workspace.yaml"),
    ".changeset/config.json": at(".changeset/config.json"),
    ".changeset/some-change.md": '---\n"@petl/cli": minor\n---\n\nA change.\n',
    ...Object.fromEntries(published.map(({ path, manifest }) => [`${path}/package.json`, manifest])),
  });
  const changeset = join(repositoryRoot, "node_modules/@changesets/cli/bin.js");
  execFileSync(process.execPath, [changeset, "version"], { cwd: root, stdio: "pipe" });
  const [, minor] = published[0]!.manifest.version.split(".");
  const versions = readWorkspace(root).map(({ manifest }) => `${manifest.name} ${manifest.version}`);
  expect(versions).toEqual(published.map(({ manifest }) => `${manifest.name} 0.${Number(minor) + 1}.0`));
});

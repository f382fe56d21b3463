// Raises the version of every package and moves the texts in `.changeset` into CHANGELOG.md: pnpm release:version
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { isProgram, repositoryRoot } from "./workspace.mjs";

/**
 * `changelog` with a section for `version` above the older ones, one entry per summary.
 *
 * @param {string} changelog
 * @param {string} version
 * @param {readonly string[]} summaries
 */
export function withSection(changelog, version, summaries) {
  const start = changelog.search(/^## /m);
  const [head, older] = start < 0 ? [changelog, ""] : [changelog.slice(0, start), changelog.slice(start)];
  const section = [`## ${version}`, ...summaries.map((summary) => summary.trim())].join("\n\n");
  return `${[head.trim(), section, older.trim()].filter(Boolean).join("\n\n")}\n`;
}

/** Runs the changesets program in the repository; throws where it fails. */
function changeset(...args) {
  const program = join(repositoryRoot, "node_modules", "@changesets", "cli", "bin.js");
  const { status } = spawnSync(process.execPath, [program, ...args], { cwd: repositoryRoot, stdio: "inherit" });
  if (status !== 0)
    throw new Error(`changeset ${args[0]}: expected exit status 0, got ${status}; see its output above`);
}

function plannedRelease() {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  try {
    const file = join(folder, "status.json");
    changeset("status", "--output", relative(repositoryRoot, file));
    return JSON.parse(readFileSync(file, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rewrites a file of the repository. */
function rewrite(path, change) {
  const file = join(repositoryRoot, path);
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

function main() {
  const { changesets } = plannedRelease();
  if (changesets.length === 0)
    throw new Error("release: expected changesets, found none; write one with pnpm changeset");
  changeset("version");
  const { version } = JSON.parse(readFileSync(join(repositoryRoot, "packages/core/spec/package.json"), "utf8"));
  rewrite("CHANGELOG.md", (text) =>
    withSection(
      text,
      version,
      changesets.map(({ summary }) => summary),
    ),
  );
  rewrite("package.json", (text) => text.replace(/"version": ".*"/, `"version": "${version}"`));
  rewrite("CITATION.cff", (text) => text.replace(/^version: .*$/m, `version: ${version}`));
  console.log(`version ${version}: review and commit, then pnpm release`);
}

if (isProgram(import.meta.url)) main();

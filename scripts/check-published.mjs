// What a registry would get: every package is packed, then its files, package.json, exports and types are checked.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { contentProblems } from "./published/check-contents.mjs";
import { packAll } from "./published/pack.mjs";
import { isProgram, readWorkspace, repositoryRoot } from "./workspace.mjs";

/** Ways to resolve that packages of modules only do not serve: CommonJS before Node could require modules. */
const notServed = new Set(["node10", "node16-cjs"]);

/** All problems of the packed packages of the workspace at `root`, one line each. */
export async function checkPublished(root) {
  const folder = mkdtempSync(join(tmpdir(), "petl-published-"));
  try {
    const directories = new Map(readWorkspace(root).map(({ path, manifest }) => [manifest.name, join(root, path)]));
    const problems = [];
    for (const tarball of await packAll(folder, root))
      problems.push(
        ...contentProblems(tarball, directories.get(tarball.name)),
        ...(await manifestProblems(tarball)),
        ...(await typeProblems(tarball)),
      );
    return problems;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function manifestProblems({ name, bytes }) {
  const { messages, pkg } = await publint({ pack: { tarball: bytes }, level: "suggestion", strict: true });
  return messages.map((message) => `${name}: publint: ${formatMessage(message, pkg, { color: false })}`);
}

async function typeProblems({ name, bytes }) {
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(bytes)));
  if (analysis.types === false) return [`${name}: types: expected declarations, got none`];
  return analysis.problems
    .filter(({ resolutionKind }) => !notServed.has(resolutionKind))
    .map(({ kind, entrypoint = "", resolutionKind = "" }) => `${name}: types: ${kind} ${entrypoint} ${resolutionKind}`);
}

if (isProgram(import.meta.url)) {
  const problems = await checkPublished(process.argv[2] ?? repositoryRoot);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

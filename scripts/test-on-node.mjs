// Runs tests on another version of Node.js, from npm's `node` package:
// node scripts/test-on-node.mjs VERSION [test files...]
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNode } from "./node-version.mjs";
import { repositoryRoot } from "./workspace.mjs";

const [version, ...files] = process.argv.slice(2);
if (!/^\d+(\.\d+){0,2}$/.test(version ?? "")) {
  console.error(`test-on-node: expected a version such as 22 or 24.1.0, got ${version}`);
  process.exit(2);
}
// vitest takes paths as filters: one that matches nothing would go unnoticed beside others
const missing = files.filter((file) => !existsSync(join(repositoryRoot, file)));
if (missing.length > 0) {
  console.error(`test-on-node: expected files of the repository, found none at ${missing.join(", ")}`);
  process.exit(2);
}

let node;
try {
  node = findNode(version);
} catch (error) {
  console.error(`test-on-node: ${error.message}`);
  process.exit(1);
}
console.log(`on Node.js v${node.version}`);
const vitest = fileURLToPath(new URL("./vitest.mjs", import.meta.resolve("vitest/package.json")));
const PATH = `${node.folder}${delimiter}${process.env.PATH}`; // child processes find the same one first
const options = { cwd: repositoryRoot, stdio: "inherit", env: { ...process.env, PATH } };
process.exitCode = spawnSync(join(node.folder, "node"), [vitest, "run", ...files], options).status ?? 1;

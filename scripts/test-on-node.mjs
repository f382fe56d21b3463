// Runs tests on another version of Node.js, from npm's `node` package:
// node scripts/test-on-node.mjs VERSION [test files...]
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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

/** Runs that Node.js version; its child processes find the same one first. */
function onNode(argv, stdio) {
  const options = { cwd: repositoryRoot, stdio, encoding: "utf8" };
  const { status, stdout, error } = spawnSync("npx", ["-y", "-p", `node@${version}`, "--", "node", ...argv], options);
  if (error) console.error(`test-on-node: could not start npx: ${error.message}`);
  return { status: status ?? 1, stdout };
}

const { stdout } = onNode(["--version"], ["ignore", "pipe", "inherit"]);
if (!`${stdout?.trim()}.`.startsWith(`v${version}.`)) {
  console.error(`test-on-node: expected npm to bring Node.js ${version}, got ${stdout?.trim() || "none"}`);
  process.exit(1);
}
console.log(`on Node.js ${stdout.trim()}`);
const vitest = fileURLToPath(new URL("./vitest.mjs", import.meta.resolve("vitest/package.json")));
process.exitCode = onNode([vitest, "run", ...files], "inherit").status;

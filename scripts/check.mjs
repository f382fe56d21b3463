// All static checks in one command, one line each; the output of a check is shown only if it fails.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot } from "./workspace.mjs";

const binary = (name) => join(repositoryRoot, "node_modules", ".bin", name);
const script = (name) => [process.execPath, join(repositoryRoot, "scripts", name)];

const steps = [
  ["format and lint", [binary("biome"), "check", "."]],
  ["types", [binary("tsc"), "-p", "tsconfig.json"]],
  ["arrows", script("check-arrows.mjs")],
  ["circles", script("check-circles.mjs")],
  ["package shape", script("check-packages.mjs")],
  ["published", script("check-published.mjs")],
  ["links", script("check-links.mjs")],
  ["unused code", [binary("knip"), "--no-progress"]],
];

const failed = steps.filter(([name, [command, ...args]]) => {
  const startMs = performance.now();
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: repositoryRoot,
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
    shell: process.platform === "win32" && command !== process.execPath,
  });
  const passed = status === 0;
  const durationS = ((performance.now() - startMs) / 1000).toFixed(1);
  console.log(`${passed ? "pass" : "FAIL"}  ${name.padEnd(16)} ${durationS.padStart(6)} s`);
  if (!passed) console.error([error?.message, stdout, stderr].filter(Boolean).join("\n"));
  return !passed;
});

if (failed.length > 0) {
  console.error(`${failed.length} of ${steps.length} checks failed: ${failed.map(([name]) => name).join(", ")}`);
  process.exitCode = 1;
}

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../workspace.mjs";

/**
 * Runs pnpm in the repository: the one that started this process, else the one that npx fetches for the pinned major version.
 * Returns what it printed. @throws Error with all it printed where it fails
 *
 * @param {readonly string[]} parameters
 * @param {{ root?: string, env?: NodeJS.ProcessEnv }} [options] the workspace, and variables beside those of this process
 */
export function runPnpm(parameters, { root = repositoryRoot, env = {} } = {}) {
  const [command, ...first] = pnpmCommand();
  const { status, error, stdout, stderr } = spawnSync(command, [...first, ...parameters], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
    shell: process.platform === "win32",
  });
  if (status === 0) return stdout;
  throw new Error(`pnpm ${parameters.join(" ")}: ${error?.message ?? `exit code ${status}`}\n${stdout}${stderr}`);
}

function pnpmCommand(env = process.env) {
  const started = env.npm_execpath ?? "";
  if (/[\\/]pnpm(\.exe)?$/.test(started)) return [started];
  if (/[\\/]pnpm\.[cm]?js$/.test(started)) return [process.execPath, started];
  const { packageManager } = JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8"));
  return ["npx", "-y", "-p", packageManager.split(".")[0], "--", "pnpm"]; // also where npx itself started this process
}

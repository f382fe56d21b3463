import { spawnSync } from "node:child_process";
import { dirname } from "node:path";

/**
 * A Node.js of a version, such as 22 or 24.1.0, from npm's `node` package: its whole version, and the folder of its program.
 *
 * @param {string} version
 * @returns {{ version: string, folder: string }}
 * @throws Error where npm brings none or another
 */
export function findNode(version) {
  const print = "console.log(process.version, process.execPath)";
  const words = ["-y", "-p", `node@${version}`, "--", "node", "-e", print];
  const { stdout, error } = spawnSync("npx", words, { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
  const [, found, path] = /^v(\S+) (.+)$/m.exec(stdout ?? "") ?? [];
  if (path !== undefined && `${found}.`.startsWith(`${version}.`)) return { version: found, folder: dirname(path) };
  throw new Error(`expected npm to bring Node.js ${version}, got ${error?.message ?? found ?? "none"}`);
}

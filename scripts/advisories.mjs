// Asks the registry for known vulnerabilities of what is installed. Exit 0: none; 1: some, listed; 2: the registry cannot be asked.
import { spawnSync } from "node:child_process";
import { repositoryRoot } from "./workspace.mjs";

const { stdout, stderr, error } = spawnSync("npx", ["-y", "pnpm@12", "audit", "--json"], {
  cwd: repositoryRoot,
  encoding: "utf8",
  maxBuffer: 64 * 2 ** 20,
  timeout: 120_000,
  shell: process.platform === "win32",
});
const answer = parse(stdout);
if (answer === null) {
  const why = error?.message ?? (stderr.replace(/[\s│×]+/g, " ").trim() || "no answer");
  console.error(`NOT CHECKED: the registry does not answer for advisories (${why.slice(0, 200)}); ask one that does`);
  process.exitCode = 2;
} else {
  const found = Object.values(answer.advisories ?? {});
  for (const { severity, module_name: name, title, url } of found)
    console.log(`${severity}  ${name}: ${title} (${url})`);
  console.log(found.length === 0 ? "no known vulnerabilities" : `${found.length} known vulnerabilities`);
  process.exitCode = found.length === 0 ? 0 : 1;
}

/** The answer, or null where it is none. */
function parse(text) {
  try {
    const value = JSON.parse(text);
    return value?.metadata === undefined ? null : value;
  } catch {
    return null;
  }
}

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const results = join(root, "docs/results");
const cwd = process.env.INIT_CWD ?? process.cwd();

/**
 * What a page is written from and where: `records` are paths or undefined, `rest` are flags of `bench glue`.
 *
 * @param {readonly string[]} args
 */
export function pageArguments(args) {
  const rest = [...args];
  const take = (flag) => {
    const at = rest.indexOf(flag);
    return at === -1 ? undefined : rest.splice(at, 2)[1];
  };
  const into = resolve(cwd, take("--into") ?? results);
  const records = take("--records")
    ?.split(",")
    .map((path) => resolve(cwd, path));
  return { into, records, rest };
}

/** The output directory of runs: that of `--out`, which is taken out of `rest`, or one named after the page. */
export function outputOf(rest, name) {
  const at = rest.indexOf("--out");
  return resolve(cwd, at === -1 ? join(root, "reports", name) : rest.splice(at, 2)[1]);
}

/** Runs `bench glue` where the user stands; returns its exit code. */
export function benchGlue(args) {
  const main = join(root, "packages/harness/cli/dist/main.js");
  const { status } = spawnSync(process.execPath, [main, "glue", ...args], { cwd, stdio: "inherit" });
  return status ?? 130;
}

/** Writes a page and its pictures; `files` have paths relative to the page. */
export function writePage(into, name, files) {
  for (const { name: path, content } of files) {
    mkdirSync(dirname(join(into, path)), { recursive: true });
    writeFileSync(join(into, path), content);
  }
  console.error(`page: ${join(into, `${name}.md`)}`);
}

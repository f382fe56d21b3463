import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const repositoryRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Every package of the workspace as `{ path, directory, manifest }`; `path` is relative to `root`. */
export function readWorkspace(root) {
  const names = existsSync(join(root, "packages")) ? readdirSync(join(root, "packages")).sort() : [];
  return [...names.map((name) => join("packages", name)), "benchmarks"]
    .filter((path) => existsSync(join(root, path, "package.json")))
    .map((path) => ({
      path,
      directory: basename(path),
      manifest: JSON.parse(readFileSync(join(root, path, "package.json"), "utf8")),
    }));
}

/** The TypeScript and JavaScript files below a package's `src/` as `{ path, text }`, in name order. */
export function readSources(root, packagePath) {
  const folder = join(root, packagePath, "src");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ path: relative(root, file), text: readFileSync(file, "utf8") }));
}

/** Whether the module at `moduleUrl` is the program that was started. */
export function isProgram(moduleUrl) {
  return Boolean(process.argv[1]) && realpathSync(process.argv[1]) === fileURLToPath(moduleUrl);
}

/** Runs `check(root)` when `moduleUrl` is the program that was started: prints each problem, exits 1 if there is one. */
export function runAsProgram(moduleUrl, check) {
  if (!isProgram(moduleUrl)) return;
  const problems = check(process.argv[2] ?? repositoryRoot);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

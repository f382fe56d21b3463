import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const repositoryRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where the project is found; every manifest's addresses follow from it. */
export const projectUrl = "https://github.com/petl-bench/petl-bench";

/** The `homepage`, `bugs` and `repository` of the package in the folder `path` of the repository; "" is the root. */
export function addressFields(path) {
  const directory = path.replaceAll("\\", "/");
  return {
    homepage: `${projectUrl}${directory && `/tree/main/${directory}`}#readme`,
    bugs: `${projectUrl}/issues`,
    repository: { type: "git", url: `git+${projectUrl}.git`, ...(directory && { directory }) },
  };
}

/**
 * Every package of the workspace as `{ path, room, directory, manifest }`: `packages/<room>/<directory>`, and `benchmarks`, which
 * has no room. `path` is relative to `root`.
 */
export function readWorkspace(root) {
  const packages = foldersOf(join(root, "packages")).flatMap((room) =>
    foldersOf(join(root, "packages", room)).map((directory) => ({
      path: join("packages", room, directory),
      room,
      directory,
    })),
  );
  return [...packages, { path: "benchmarks", room: null, directory: "benchmarks" }]
    .filter(({ path }) => existsSync(join(root, path, "package.json")))
    .map((item) => ({ ...item, manifest: JSON.parse(readFileSync(join(root, item.path, "package.json"), "utf8")) }));
}

function foldersOf(directory) {
  if (!existsSync(directory)) return [];
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() && entry.name !== "node_modules" ? [entry.name] : [])).sort();
}

/** The package that users install and run by its name. */
export const programName = "petl-bench";

/** Allowed package names: the folder's name, or the room's kind and that name (`methods/read`: `@petl/method-read`). */
export function packageNames({ room, directory }) {
  if (directory === programName) return [programName];
  const kind = room?.replace(/ies$/, "y").replace(/s$/, "");
  return [directory, ...(kind === undefined ? [] : [`${kind}-${directory}`])].map((name) => `@petl/${name}`);
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

/** Whether the module at `moduleUrl` is the main program. */
export function isProgram(moduleUrl) {
  return Boolean(process.argv[1]) && realpathSync(process.argv[1]) === fileURLToPath(moduleUrl);
}

/** If `moduleUrl` is the main program, runs `check(root)`, prints each problem and exits with 1 if there is one. */
export function runAsProgram(moduleUrl, check) {
  if (!isProgram(moduleUrl)) return;
  const problems = check(process.argv[2] ?? repositoryRoot);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

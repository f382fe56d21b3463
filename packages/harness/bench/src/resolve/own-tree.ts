import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ancestors, readManifest } from "./manifest.js";

const here = dirname(fileURLToPath(import.meta.url));

/** The program's own packages. */
export interface OwnTree {
  /** The workspace around this file, or the directory whose node_modules holds it. */
  readonly root: string;
  /** Directories of the workspace's packages, by name; none where the program is installed. */
  readonly packages: ReadonlyMap<string, string>;
  /** The node_modules directories between this file and the root, nearest first. */
  readonly nodeModules: readonly string[];
}

/** Finds the program's own packages: a workspace that only surrounds the node_modules it is installed in is not its own. */
export function ownTree(): OwnTree {
  const above = ancestors(here);
  const outermost = above.filter((each) => basename(each) === "node_modules").at(-1);
  const root = outermost === undefined ? (workspaceRoot(here) ?? packageRoot()) : dirname(outermost);
  return {
    root,
    packages: outermost === undefined ? workspacePackages(root) : new Map(),
    nodeModules: above.slice(0, above.indexOf(root) + 1).map((each) => join(each, "node_modules")),
  };
}

/** The root of the pnpm workspace around a directory, if any. */
export function workspaceRoot(directory: string): string | undefined {
  return ancestors(directory).find((each) => existsSync(join(each, "pnpm-workspace.yaml")));
}

/** Names below a directory; none where there is no such directory. */
export function listDirectory(directory: string): string[] {
  return statSync(directory, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(directory) : [];
}

const packageRoot = (): string => ancestors(here).find((each) => readManifest(each) !== undefined)!;

/** Packages by name: `packages/<name>` and `packages/<room>/<name>`. */
function workspacePackages(root: string): Map<string, string> {
  const packages = new Map<string, string>();
  for (const directory of [...below(join(root, "packages")), ...below(join(root, "packages")).flatMap(below)]) {
    const name = readManifest(directory)?.name;
    if (typeof name === "string" && !packages.has(name)) packages.set(name, directory);
  }
  return packages;
}

function below(directory: string): string[] {
  return listDirectory(directory).map((entry) => join(directory, entry));
}

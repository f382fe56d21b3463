import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve as resolvePath } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { resolve } from "import-meta-resolve";
import { BenchError } from "../errors.js";

/** Directories to look for packages in, in this order, before the workspaces around them. */
export type Places = readonly string[];

/** A module: its URL and the package it belongs to. */
export interface Found {
  readonly url: string;
  /** Name in the nearest package.json, or the file's path where there is none. */
  readonly packageName: string;
  readonly version: string | null;
}

const here = dirname(fileURLToPath(import.meta.url));

/**
 * Finds a package by name, or a module by path or `file:` URL, without importing it; undefined if there is none.
 *
 * A name is resolved from each place, then among the packages of the pnpm workspaces around the places and around this
 * package, so a new package is found before anything depends on it. @throws BenchError E_NOT_BUILT
 */
export function findModule(specifier: string, places: Places): Found | undefined {
  if (isPath(specifier)) return findPath(specifier, places);
  for (const place of [...places, here]) {
    const found = resolveFrom(specifier, join(place, "package.json"));
    if (found !== undefined) return found;
  }
  const directory = workspacePackages(places).get(specifier);
  return directory === undefined ? undefined : mainModule(specifier, directory);
}

/** Names of the packages in reach that begin with `prefix`: those of the workspaces and those installed in the places. */
export function packageNames(prefix: string, places: Places): string[] {
  const names = new Set([...workspacePackages(places).keys()].filter((name) => name.startsWith(prefix)));
  const scope = prefix.startsWith("@") ? prefix.slice(0, prefix.indexOf("/")) : "";
  for (const place of [...places, here]) {
    for (const directory of ancestors(place)) {
      for (const entry of listDirectory(join(directory, "node_modules", scope))) {
        const name = scope === "" ? entry : `${scope}/${entry}`;
        if (name.startsWith(prefix)) names.add(name);
      }
    }
  }
  return [...names].sort();
}

/** The root of the pnpm workspace around a directory, if any. */
export function workspaceRoot(directory: string): string | undefined {
  return ancestors(directory).find((each) => existsSync(join(each, "pnpm-workspace.yaml")));
}

/** The nearest package.json with a name, above a module. */
export function packageOf(url: string): { name: string; version: string | null; directory: string } | undefined {
  for (const directory of ancestors(dirname(fileURLToPath(url)))) {
    const manifest = readManifest(directory);
    if (typeof manifest?.name === "string") {
      return {
        name: manifest.name,
        version: typeof manifest.version === "string" ? manifest.version : null,
        directory,
      };
    }
  }
  return undefined;
}

function isPath(specifier: string): boolean {
  return /^(\.{1,2}([/\\]|$)|file:)/.test(specifier) || isAbsolute(specifier);
}

function findPath(specifier: string, places: Places): Found | undefined {
  const path = specifier.startsWith("file:") ? fileURLToPath(specifier) : resolvePath(places[0] ?? ".", specifier);
  if (!existsSync(path)) return undefined;
  if (!statSync(path).isDirectory()) return found(pathToFileURL(realpathSync(path)).href);
  const name = readManifest(path)?.name;
  return mainModule(typeof name === "string" ? name : specifier, realpathSync(path));
}

/** A package's main module: what its own name resolves to from within it. */
function mainModule(name: string, directory: string): Found {
  const manifest = readManifest(directory);
  const main = typeof manifest?.main === "string" ? manifest.main : "index.js";
  const inside = manifest?.exports === undefined ? undefined : resolveFrom(name, join(directory, "package.json"));
  if (inside !== undefined) return inside;
  const file = join(directory, main);
  if (manifest?.exports === undefined && existsSync(file)) return found(pathToFileURL(file).href);
  throw new BenchError(
    "E_NOT_BUILT",
    `package ${name}: found in ${directory} without its main module; build it first (pnpm build)`,
  );
}

function resolveFrom(specifier: string, from: string): Found | undefined {
  try {
    const url = resolve(specifier, pathToFileURL(from).href);
    if (!url.startsWith("file:")) return undefined;
    return found(pathToFileURL(realpathSync(fileURLToPath(url))).href);
  } catch {
    return undefined; // not there: the next place may have it
  }
}

function found(url: string): Found {
  const owner = packageOf(url);
  return { url, packageName: owner?.name ?? fileURLToPath(url), version: owner?.version ?? null };
}

/** Packages by name: `packages/<name>` and `packages/<room>/<name>` of the workspaces around the places. */
function workspacePackages(places: Places): Map<string, string> {
  const roots = new Set([...places, here].flatMap((place) => workspaceRoot(place) ?? []));
  const packages = new Map<string, string>();
  for (const root of roots) {
    for (const directory of [...below(join(root, "packages")), ...below(join(root, "packages")).flatMap(below)]) {
      const name = readManifest(directory)?.name;
      if (typeof name === "string" && !packages.has(name)) packages.set(name, directory);
    }
  }
  return packages;
}

function below(directory: string): string[] {
  return listDirectory(directory).map((entry) => join(directory, entry));
}

function readManifest(directory: string): Record<string, unknown> | undefined {
  const file = join(directory, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>) : undefined;
}

function ancestors(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...ancestors(parent)];
}

function listDirectory(directory: string): string[] {
  return statSync(directory, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(directory) : [];
}

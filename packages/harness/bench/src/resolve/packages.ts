import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve as resolvePath } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { resolve } from "import-meta-resolve";
import { BenchError } from "../errors.js";
import { ancestors, isManifestBroken, readManifest } from "./manifest.js";
import { listDirectory, ownTree } from "./own-tree.js";
import { type Places, projectsListing } from "./places.js";

/** A module: its URL and the package it belongs to. */
export interface Found {
  readonly url: string;
  /** Name in the nearest package.json, or the file's path where there is none. */
  readonly packageName: string;
  readonly version: string | null;
  /** Why a module from outside the program's own packages may be imported. */
  readonly consent?: string;
}

/**
 * Finds a package by name, or a module by path or `file:` URL, without importing it; undefined if there is none.
 *
 * A name is looked for among the program's own packages, then among those that a project lists, in that project's node_modules. A path
 * needs the user's word: typed on the command line, or `trustCode`. @throws BenchError E_NOT_BUILT, E_CODE_UNTRUSTED, E_PROJECT_INVALID
 */
export function findModule(specifier: string, places: Places): Found | undefined {
  if (isPath(specifier)) return findPath(specifier, places);
  const name = packageNameIn(specifier);
  return name === undefined ? undefined : (findOwn(specifier, name) ?? findListed(specifier, name, places));
}

/** Names of the packages in reach that begin with `prefix`: the program's own and those that projects list and have installed. */
export function packageNames(prefix: string, places: Places): string[] {
  const { packages, nodeModules } = ownTree();
  const isWanted = (name: string): boolean => name.startsWith(prefix);
  const scope = prefix.slice(0, prefix.indexOf("/"));
  const installed = nodeModules.flatMap((directory) => listDirectory(join(directory, scope)));
  const listed = projectsListing(isWanted, places).flatMap(({ directory, packages: names }) =>
    [...names].filter((name) => existsSync(join(directory, "node_modules", name))),
  );
  const names = [...packages.keys(), ...installed.map((name) => `${scope}/${name}`), ...listed];
  return [...new Set(names.filter(isWanted))].sort();
}

/** Says that a module from outside is about to be imported. */
export function announce(kind: string, name: string, { url, consent }: Found, { onOutside }: Places): void {
  if (consent !== undefined) onOutside?.(`${kind} ${name} from ${fileURLToPath(url)} (${consent})`);
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

/** Whether a file lies in the workspace that this program is part of. */
export function isOwnFile(path: string): boolean {
  const { root, packages } = ownTree();
  const way = relative(root, realpathSync(path));
  return packages.size > 0 && !way.startsWith("..") && !isAbsolute(way);
}

/** Whether a specifier is a path or a `file:` URL, not a package's name. */
export function isPath(specifier: string): boolean {
  return /^(\.{1,2}([/\\]|$)|file:)/.test(specifier) || isAbsolute(specifier);
}

/** The package in `name`, `@scope/name` or either with a path behind it that stays inside; undefined for anything else. */
function packageNameIn(specifier: string): string | undefined {
  const isInside = !specifier.split(/[/\\]/).some((part) => /^\.*$/.test(part));
  return isInside ? /^(@[\w.~-]+\/)?[\w.~-]+(?=\/|$)/.exec(specifier)?.[0] : undefined;
}

function findOwn(specifier: string, name: string): Found | undefined {
  const { packages, nodeModules } = ownTree();
  const directory = packages.get(specifier);
  if (directory !== undefined) return mainModule(specifier, directory);
  const holder = nodeModules.find((each) => existsSync(join(each, name)));
  return holder === undefined ? undefined : installed(specifier, name, holder);
}

function findListed(specifier: string, name: string, places: Places): Found | undefined {
  for (const { directory, manifestFile } of projectsListing((each) => each === name, places)) {
    const nodeModules = join(directory, "node_modules");
    const found = existsSync(join(nodeModules, name)) ? installed(specifier, name, nodeModules) : undefined;
    if (found !== undefined) return { ...found, consent: `project ${manifestFile}` };
  }
  return undefined;
}

/** A package's module in a directory of packages, and nowhere above it. */
function installed(specifier: string, name: string, nodeModules: string): Found | undefined {
  const found = resolveFrom(specifier, join(nodeModules, "package.json"));
  return found ?? (specifier === name ? mainModule(name, join(nodeModules, name)) : undefined);
}

function findPath(specifier: string, places: Places): Found | undefined {
  const isUrl = specifier.startsWith("file:");
  const path = isUrl ? fileURLToPath(specifier) : resolvePath(places.directory ?? ".", specifier);
  if (!existsSync(path)) return undefined;
  const consent = consentTo(specifier, path, places);
  return { ...moduleAt(specifier, path), ...(isOwnFile(path) && places.namedIn === undefined ? {} : { consent }) };
}

/** Why a file may run. @throws BenchError E_CODE_UNTRUSTED */
function consentTo(specifier: string, path: string, { namedIn, typed = [], trustCode }: Places): string {
  if (namedIn === undefined || typed.includes(specifier)) return "command line";
  if (trustCode) return `--trust-code, named in ${namedIn}`;
  throw new BenchError(
    "E_CODE_UNTRUSTED",
    `${namedIn} wants to run ${path}: expected a package of this program or of the project's package.json, got a file; read it, then add --trust-code to allow it`,
  );
}

function moduleAt(specifier: string, path: string): Found {
  if (!statSync(path).isDirectory()) return found(pathToFileURL(realpathSync(path)).href);
  if (isManifestBroken(path))
    throw new BenchError("E_PROJECT_INVALID", `${join(path, "package.json")}: expected a JSON object; mend the file`);
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
    return undefined; // not there, or not built
  }
}

function found(url: string): Found {
  const owner = packageOf(url);
  return { url, packageName: owner?.name ?? fileURLToPath(url), version: owner?.version ?? null };
}

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Family } from "@petl/backbone";

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly petl?: { readonly modelTypes?: readonly string[] };
}

const places = createRequire(import.meta.url);

/** The families that methods are tested on: packages that this package's `package.json` lists and that read some `model_type`. */
export const testFamilies: readonly Family[] = await listedFamilies();

async function listedFamilies(): Promise<Family[]> {
  const { dependencies = {} } = manifestIn(fileURLToPath(new URL("..", import.meta.url)));
  const names = Object.keys(dependencies).filter((name) => manifestOf(name).petl?.modelTypes !== undefined);
  const modules = await Promise.all(names.map((name) => import(name) as Promise<{ readonly default: Family }>));
  return modules.map((module) => module.default);
}

/** An export map need not let a package's manifest be imported, so it is read where the package lies. */
function manifestOf(name: string): Manifest {
  const directories = (places.resolve.paths(name) ?? []).map((directory) => join(directory, name));
  const directory = directories.find((each) => existsSync(join(each, "package.json")));
  if (directory === undefined) throw new Error(`testkit: expected ${name} to be installed; install the packages again`);
  return manifestIn(directory);
}

function manifestIn(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
}

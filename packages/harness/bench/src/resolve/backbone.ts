import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type BackbonePackage, backboneNames, importBackbonePackage, randomPackage } from "@petl/backbone";
import { BenchError } from "../errors.js";
import { checkFamily } from "./family.js";
import { nearMatch } from "./near-match.js";
import { announce, findModule, packageNames } from "./packages.js";
import type { Places } from "./places.js";

export interface FoundBackbone {
  /** As `loadBackbone` takes it. */
  readonly reference: string;
}

const prefix = "@petl/backbone-";

/**
 * Finds a backbone: a known name, a backbone package by short name (`foo` for `@petl/backbone-foo`) or whole, either with
 * `-random` for its geometry with random weights, `hf:ORG/REPO`, or an existing directory, which is made absolute.
 *
 * @throws BenchError E_BACKBONE_UNKNOWN, with the near match or `hf:` form; E_BACKBONE_FAMILY; E_NOT_BUILT; E_CODE_UNTRUSTED
 */
export async function findBackbone(name: string, directory: string, places: Places): Promise<FoundBackbone> {
  const known = backboneNames();
  if (known.includes(name) || /^hf:[^/\s]+\/[^/\s]+$/.test(name)) return { reference: name };
  const path = resolve(directory, name);
  if (existsSync(path)) {
    checkFamily(join(path, "config.json"));
    return { reference: path };
  }
  const url = findBackbonePackage(name, places);
  if (url !== undefined) {
    await importBackbonePackage(url); // what is none is refused here
    return { reference: url };
  }
  const model = findBackbonePackage(name.replace(/-random$/, ""), places);
  if (model !== undefined) return { reference: model + randomPackage };
  const names = [...packageNames(prefix, places).map((each) => each.slice(prefix.length)), ...known];
  const expected = name.startsWith("hf:") ? "hf:ORG/REPO" : `one of ${names.join(", ")}, a directory or hf:ORG/REPO`;
  throw new BenchError(
    "E_BACKBONE_UNKNOWN",
    `backbone "${name}": expected ${expected}.${hubHint(name) || nearMatch(name, names)}`,
  );
}

/** ` For the Hugging Face hub, write hf:ORG/REPO.` for a name that looks like a repository of the hub, else nothing. */
function hubHint(name: string): string {
  return /^[\w-][\w.-]*\/[\w.-]+$/.test(name) ? ` For the Hugging Face hub, write hf:${name}.` : "";
}

/** The backbone packages in reach, in order of name. */
export async function listBackbonePackages(places: Places): Promise<BackbonePackage[]> {
  const found = packageNames(prefix, places).map(async (name) => {
    try {
      const url = findBackbonePackage(name, places);
      return url === undefined ? [] : [await importBackbonePackage(url)];
    } catch {
      return []; // the list leaves out what cannot be used; naming it gives the reason
    }
  });
  return (await Promise.all(found)).flat();
}

/** URL of a backbone package's main module by short name, whole name or `file:` URL, without importing it; undefined if there is none. */
export function findBackbonePackage(name: string, places: Places): string | undefined {
  if (!/^(@[\w.-]+\/)?[\w.-]+$|^file:/.test(name)) return undefined;
  const candidates = /^(@|file:)/.test(name) ? [name] : [prefix + name, name];
  const found = candidates.map((candidate) => findModule(candidate, places)).find((each) => each !== undefined);
  if (found !== undefined) announce("backbone", name, found, places);
  return found?.url;
}

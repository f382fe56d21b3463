import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type BackbonePackage, importBackbonePackage, namesOf, randomPackage } from "@petl/backbone";
import { CONFIG_FILE, hubConfigFile, type ResolveOptions } from "@petl/checkpoint";
import { BenchError } from "../errors.js";
import { type FoundFamily, familyOfConfig, geometryOf, listFamilies } from "./family.js";
import { nearMatch } from "./near-match.js";
import { announce, findModule, packageNames } from "./packages.js";
import type { Places } from "./places.js";

export interface FoundBackbone {
  /** As `loadBackbone` takes it. */
  readonly reference: string;
  /** The family that reads it. */
  readonly family: FoundFamily;
}

/** How the description of a model of the hub is fetched. */
export type ConfigDownload = Pick<ResolveOptions, "signal" | "onWait" | "commit">;

const prefix = "@petl/backbone-";

/**
 * Finds a backbone and its family: a known name, a backbone package by short name (`foo` for `@petl/backbone-foo`) or whole, either
 * with `-random` for its geometry with random weights, `hf:ORG/REPO`, or an existing directory, which is made absolute. Of a model of
 * the hub it reads `config.json`, downloaded alone where the cache lacks it.
 *
 * @throws BenchError E_BACKBONE_UNKNOWN, with the near match or `hf:` form; E_BACKBONE_FAMILY; E_NOT_BUILT; E_CODE_UNTRUSTED;
 *   CheckpointError where the hub cannot be asked
 */
export async function findBackbone(
  name: string,
  directory: string,
  places: Places,
  download: ConfigDownload = {},
): Promise<FoundBackbone> {
  const families = isShortName(name) ? await listFamilies(places) : [];
  const knowing = families.find(({ definition }) => namesOf(definition).includes(name));
  if (knowing !== undefined) return { reference: name, family: knowing };
  const repository = /^hf:([^/\s]+\/[^/\s]+)$/.exec(name)?.[1];
  if (repository !== undefined)
    return { reference: name, family: await familyReading(await hubConfigFile(repository, download), places) };
  const path = resolve(directory, name);
  if (existsSync(path)) return { reference: path, family: await familyReading(configIn(path), places) };
  const url = findBackbonePackage(name, places);
  if (url !== undefined) return { reference: url, family: await familyOfPackage(url, places) };
  const model = findBackbonePackage(name.replace(/-random$/, ""), places);
  if (model !== undefined) return { reference: model + randomPackage, family: await familyOfPackage(model, places) };
  const known = (await listFamilies(places)).flatMap(({ definition }) => namesOf(definition));
  const names = [...packageNames(prefix, places).map((each) => each.slice(prefix.length)), ...known];
  const expected = name.startsWith("hf:")
    ? "hf:ORG/REPO"
    : "a name that bench list shows, a checkpoint's directory or hf:ORG/REPO";
  throw new BenchError(
    "E_BACKBONE_UNKNOWN",
    `backbone "${name}": expected ${expected}.${hubHint(name) || nearMatch(name, names)}`,
  );
}

/** The family of a model, once it has read the model's geometry. */
async function familyReading(configFile: string, places: Places): Promise<FoundFamily> {
  const family = await familyOfConfig(configFile, places);
  geometryOf(configFile, family);
  return family;
}

const isShortName = (name: string): boolean => /^[\w.-]+$/.test(name);

/** The `config.json` of a checkpoint's directory. @throws BenchError E_BACKBONE_UNKNOWN where there is none */
export function configIn(path: string): string {
  const file = join(path, CONFIG_FILE);
  if (existsSync(file)) return file;
  const got = statSync(path).isDirectory() ? "none" : "a file rather than a directory";
  throw new BenchError(
    "E_BACKBONE_UNKNOWN",
    `${path}: expected ${CONFIG_FILE}, tokenizer and safetensors weights of a model, got ${got}`,
  );
}

async function familyOfPackage(url: string, places: Places): Promise<FoundFamily> {
  const { directory } = await importBackbonePackage(url); // what is none is refused here
  return familyOfConfig(configIn(directory), places);
}

/** ` For the Hugging Face hub, write hf:ORG/REPO.` for a name that looks like a repository of the hub, else nothing. */
function hubHint(name: string): string {
  return /^[\w-][\w.-]*\/[\w.-]+$/.test(name) ? ` For the Hugging Face hub, write hf:${name}.` : "";
}

/** The backbone packages in reach, in order of name, and the family of each. */
export async function listBackbonePackages(
  places: Places,
): Promise<{ readonly backbone: BackbonePackage; readonly family: FoundFamily }[]> {
  const found = packageNames(prefix, places).map(async (name) => {
    try {
      const url = findBackbonePackage(name, places);
      if (url === undefined) return [];
      return [{ backbone: await importBackbonePackage(url), family: await familyOfPackage(url, places) }];
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

import { existsSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { importBackbonePackage } from "@petl/backbone";
import { CONFIG_FILE } from "@petl/checkpoint";
import { BenchError } from "../errors.js";
import { configIn, findBackbonePackage } from "../resolve/backbone.js";
import { type FoundFamily, familyOfConfig, geometryOf, listFamilies } from "../resolve/family.js";
import { nearMatch } from "../resolve/near-match.js";
import type { Places } from "../resolve/places.js";

/** A backbone's shape and the family that it is of: all a forecast needs of it. */
export interface Geometry {
  readonly name: string;
  readonly family: FoundFamily;
  /** As the family's `config` returned it. */
  readonly config: unknown;
}

/**
 * Finds a geometry: a published name of a family (such as `llama-2-7b` or `t5-base`, also with `-random`), a checkpoint directory, a
 * `config.json` or a backbone package. Reads no weights and downloads nothing.
 *
 * @throws BenchError E_BACKBONE_UNKNOWN with the near match, or naming what is wrong with the file; E_BACKBONE_FAMILY
 */
export async function findGeometry(name: string, directory: string, places: Places): Promise<Geometry> {
  const families = await listFamilies(places);
  const published = publishedGeometry(name.replace(/-random$/, ""), families);
  if (published !== undefined) return published;
  const path = await checkpointPath(name, directory, places);
  if (path === undefined) {
    const known = families.flatMap(({ definition }) => Object.keys(definition.geometries));
    const expected = `a geometry such as ${known.slice(0, 3).join(", ")} (bench list shows all, with -random), a backbone package, a directory or a ${CONFIG_FILE}`;
    const isHub = /^(hf:)?[\w-][\w.-]*\/[\w.-]+$/.test(name);
    const hint = isHub
      ? ` A forecast downloads nothing: pass the repository's ${CONFIG_FILE}.`
      : nearMatch(name, known);
    throw new BenchError("E_BACKBONE_UNKNOWN", `backbone "${name}": expected ${expected}.${hint}`);
  }
  const file = statSync(path).isDirectory() ? configIn(path) : path;
  const family = await familyOfConfig(file, places);
  return { name: basename(dirname(file)), family, config: geometryOf(file, family) };
}

function publishedGeometry(name: string, families: readonly FoundFamily[]): Geometry | undefined {
  const family = families.find(({ definition }) => Object.hasOwn(definition.geometries, name));
  return family && { name, family, config: family.definition.geometries[name] };
}

async function checkpointPath(name: string, directory: string, places: Places): Promise<string | undefined> {
  const path = resolve(directory, name);
  if (existsSync(path)) return path;
  const url = findBackbonePackage(name.replace(/-random$/, ""), places);
  return url && (await importBackbonePackage(url)).directory;
}

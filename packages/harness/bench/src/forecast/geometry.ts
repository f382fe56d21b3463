import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { geometries, huggingFaceConfig, importBackbonePackage, type T5Config } from "@petl/backbone";
import { parseJson, readText } from "@petl/files";
import { BenchError } from "../errors.js";
import { findBackbonePackage } from "../resolve/backbone.js";
import { checkFamily } from "../resolve/family.js";
import { nearMatch } from "../resolve/near-match.js";
import type { Places } from "../resolve/places.js";

/** A backbone's shape: all a forecast needs of it. */
export interface Geometry {
  readonly name: string;
  readonly config: T5Config;
}

/**
 * Finds a geometry: a published name (`t5-base`, `base` or `t5-base-random`), a checkpoint directory, a `config.json` or a
 * backbone package. Reads no weights and downloads nothing.
 *
 * @throws BenchError E_BACKBONE_UNKNOWN with the near match, or naming what is wrong with the file; E_BACKBONE_FAMILY
 */
export async function findGeometry(name: string, directory: string, places: Places): Promise<Geometry> {
  const known = Object.keys(geometries);
  const short = name.replace(/-random$/, "");
  const published = [short, `t5-${short}`].find((each) => Object.hasOwn(geometries, each));
  if (published !== undefined) return { name: published, config: geometries[published]! };
  const path = await checkpointPath(name, directory, places);
  if (path === undefined) {
    const expected = `one of ${known.join(", ")}, a backbone package, a directory or a config.json`;
    const isHub = /^(hf:)?[\w-][\w.-]*\/[\w.-]+$/.test(name);
    const hint = isHub ? " A forecast downloads nothing: pass the repository's config.json." : nearMatch(name, known);
    throw new BenchError("E_BACKBONE_UNKNOWN", `backbone "${name}": expected ${expected}.${hint}`);
  }
  const file = statSync(path).isDirectory() ? join(path, "config.json") : path;
  return { name: basename(dirname(file)), config: readGeometry(file) };
}

async function checkpointPath(name: string, directory: string, places: Places): Promise<string | undefined> {
  const path = resolve(directory, name);
  if (existsSync(path)) return path;
  const url = findBackbonePackage(name.replace(/-random$/, ""), places);
  return url && (await importBackbonePackage(url)).directory;
}

function readGeometry(file: string): T5Config {
  checkFamily(file);
  let fields: unknown;
  try {
    fields = parseJson(readText(file, 1 << 20));
  } catch (cause) {
    const { message } = cause as Error;
    throw new BenchError("E_BACKBONE_UNKNOWN", `${file}: expected a T5's config.json, got: ${message}`, { cause });
  }
  const { success, data, error } = huggingFaceConfig.safeParse(fields);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join(".") || "the file"}: ${message}`);
  throw new BenchError("E_BACKBONE_UNKNOWN", `${file}: expected a T5's config.json, got ${problems.join("; ")}`);
}

import type { Family } from "@petl/backbone";
import { parseJson, readText } from "@petl/files";
import { BenchError, type BenchErrorCode, firstLine } from "../errors.js";
import { readManifest } from "./manifest.js";
import { importWithContract } from "./one-copy.js";
import { announce, type Found, findModule, packageNames, packageOf } from "./packages.js";
import type { Places } from "./places.js";

/** A model family and where it was found. */
export interface FoundFamily extends Found {
  readonly definition: Family;
}

/** A family's package before it is imported: its package.json says which models it reads. */
interface FamilyPackage {
  readonly name: string;
  readonly modelTypes: readonly string[];
  readonly found: Found;
}

const prefix = "@petl/family-";
/** Most bytes of a `config.json`. */
export const mostConfigBytes = 1 << 20;

/** The families in reach: every package named `@petl/family-...` whose default export is a family, in order of name. */
export async function listFamilies(places: Places): Promise<FoundFamily[]> {
  const found = familyPackages(places).map((each) => importFamily(each, places).catch(() => []));
  return (await Promise.all(found)).flat(); // the list leaves out what cannot be used; naming it gives the reason
}

/**
 * The family that reads a model, by the `model_type` of its `config.json`; no other family is imported.
 *
 * @throws BenchError E_BACKBONE_FAMILY naming the supported models where none does; E_BACKBONE_UNKNOWN for a file that is no such
 *   description; E_FAMILY_INVALID
 */
export async function familyOfConfig(configFile: string, places: Places): Promise<FoundFamily> {
  const type = modelTypeIn(configFile);
  const reads = familyPackages(places).find(({ modelTypes }) => modelTypes.includes(type));
  if (reads !== undefined) return importFamily(reads, places);
  const families = await listFamilies(places);
  const known = families.map(({ definition: { modelTypes, models } }) => `${modelTypes.join(", ")} (${models})`);
  throw new BenchError(
    "E_BACKBONE_FAMILY",
    `${configFile}: expected a model_type of ${known.join("; ") || "a family, and none is installed"}, got "${type}", which is not supported`,
  );
}

/** The geometry that a `config.json` describes, as its family's `config` returns it. @throws BenchError E_BACKBONE_UNKNOWN naming each field at fault */
export function geometryOf(configFile: string, { definition }: FoundFamily): unknown {
  const { success, data, error } = definition.config.safeParse(fieldsOf(configFile));
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.map(String).join(".") || "the file"}: ${message}`);
  throw new BenchError(
    "E_BACKBONE_UNKNOWN",
    `${configFile}: expected the config.json of a model such as ${definition.models}, got ${problems.join("; ")}`,
  );
}

/** A family by the URL of its module. @throws BenchError E_FAMILY_INVALID */
export async function familyAt(url: string): Promise<Family> {
  return checked(url, (await importWithContract(url)).default);
}

function familyPackages(places: Places): FamilyPackage[] {
  return packageNames(prefix, places).flatMap((name) => {
    const found = builtModule(name, places);
    if (found === undefined) return [];
    const { petl } = readManifest(packageOf(found.url)!.directory) ?? {};
    const { modelTypes = [] } = Object(petl) as { modelTypes?: readonly string[] };
    return [{ name, found, modelTypes }];
  });
}

/** A family that is not built is not in reach: another may read the model. */
function builtModule(name: string, places: Places): Found | undefined {
  try {
    return findModule(name, places);
  } catch (error) {
    const unbuilt: BenchErrorCode = "E_NOT_BUILT";
    if (error instanceof BenchError && error.code === unbuilt) return undefined;
    throw error;
  }
}

async function importFamily({ name, found }: FamilyPackage, places: Places): Promise<FoundFamily> {
  announce("family", name, found, places);
  let exported: unknown;
  try {
    exported = (await importWithContract(found.url)).default;
  } catch (cause) {
    throw invalid(name, `its package could not be imported: ${firstLine(cause)}`, { cause });
  }
  return { ...found, definition: checked(name, exported) };
}

function checked(who: string, exported: unknown): Family {
  const problem = whatIsWrong(exported);
  if (problem === undefined) return exported as Family;
  throw invalid(who, `expected a default export of type Family, got ${problem}; see docs/adding-a-family.md`);
}

function whatIsWrong(exported: unknown): string | undefined {
  if (exported === undefined) return "no default export";
  if (typeof exported !== "object" || exported === null) return `a ${typeof exported}`;
  const family = exported as Record<string, unknown>;
  const { specVersion, name } = family;
  if (specVersion !== "v1") return `specVersion ${JSON.stringify(specVersion) ?? "none"} (this version knows "v1")`;
  if (typeof name !== "string" || !/^[\w.-]+$/.test(name)) return `the name ${JSON.stringify(name) ?? "none"}`;
  const lacking = ["modelTypes", "scorings"].find((field) => !Array.isArray(family[field]));
  if (lacking !== undefined) return `no list ${lacking}`;
  if (typeof (family.config as { safeParse?: unknown } | undefined)?.safeParse !== "function")
    return "no schema config";
  const missing = (["configFields", "shapes", "stored", "initialise", "build", "misfit"] as const).find(
    (field) => typeof family[field] !== "function",
  );
  return missing === undefined ? undefined : `no function ${missing}`;
}

function invalid(who: string, problem: string, options?: ErrorOptions): BenchError {
  return new BenchError("E_FAMILY_INVALID", `family ${who}: ${problem}`, options);
}

function modelTypeIn(configFile: string): string {
  const type = (fieldsOf(configFile) as { model_type?: unknown } | null)?.model_type;
  if (typeof type === "string" && type !== "") return type;
  const got = type === undefined ? "none" : JSON.stringify(type);
  throw new BenchError("E_BACKBONE_UNKNOWN", `${configFile}: expected a model_type, such as "bert", got ${got}`);
}

function fieldsOf(configFile: string): unknown {
  try {
    return parseJson(readText(configFile, mostConfigBytes));
  } catch (cause) {
    throw new BenchError(
      "E_BACKBONE_UNKNOWN",
      `${configFile}: expected a model's config.json, got: ${firstLine(cause)}`,
      { cause },
    );
  }
}

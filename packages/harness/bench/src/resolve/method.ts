import type { PetlMethod } from "@petl/spec";
import { BenchError, firstLine } from "../errors.js";
import { nearMatch } from "./near-match.js";
import { importWithContract } from "./one-copy.js";
import { announce, type Found, findModule, packageNames } from "./packages.js";
import type { Places } from "./places.js";
import { sourceDigest } from "./source-digest.js";

/** A method and where it was found. */
export interface FoundMethod extends Found {
  /** As the method names itself. */
  readonly name: string;
  readonly definition: PetlMethod;
  /** Of its source, see {@link sourceDigest}. */
  readonly sha256: string;
}

const prefix = "@petl/method-";

/**
 * Finds and imports a method: a short name (`foo` for `@petl/method-foo`), a package's name, a path or a `file:` URL.
 *
 * @throws BenchError E_METHOD_UNKNOWN (near match named), E_METHOD_INVALID for a package that is no method, E_NOT_BUILT, E_CODE_UNTRUSTED
 */
export async function loadMethod(name: string, places: Places): Promise<FoundMethod> {
  const found = candidates(name)
    .map((candidate) => findModule(candidate, places))
    .find((each) => each !== undefined);
  if (found !== undefined) return importMethod(name, found, places);
  const known = (await listMethods(places)).map((method) => method.name);
  throw new BenchError(
    "E_METHOD_UNKNOWN",
    `method "${name}": no such method; expected one of ${known.join(", ") || "(none found)"}, a package that the project's package.json lists, or a path.${nearMatch(name, known)}`,
  );
}

/** The methods in reach: every package named `@petl/method-...` whose default export is a method, in order of name. */
export async function listMethods(places: Places): Promise<FoundMethod[]> {
  const found = packageNames(prefix, places).map(async (name) => {
    try {
      const module = findModule(name, places);
      return module === undefined ? [] : [await importMethod(name, module, places)];
    } catch {
      return []; // the list leaves out what cannot be used; naming it gives the reason
    }
  });
  return (await Promise.all(found)).flat();
}

function candidates(name: string): string[] {
  return /^[\w-]+$/.test(name) ? [prefix + name, name] : [name];
}

async function importMethod(name: string, found: Found, places: Places): Promise<FoundMethod> {
  const { url, packageName } = found;
  const who = name === packageName ? `method "${name}"` : `method "${name}" (${packageName})`;
  announce("method", name, found, places);
  let exported: unknown;
  try {
    exported = (await importWithContract(url)).default;
  } catch (cause) {
    throw new BenchError("E_METHOD_INVALID", `${who}: its package could not be imported: ${firstLine(cause)}`, {
      cause,
    });
  }
  const problem = whatIsWrong(exported);
  if (problem === undefined) {
    const definition = exported as PetlMethod;
    return { ...found, name: definition.name, definition, sha256: sourceDigest(url) };
  }
  throw new BenchError(
    "E_METHOD_INVALID",
    `${who}: expected a default export of type PetlMethod, got ${problem}; see docs/adding-a-method.md`,
  );
}

function whatIsWrong(exported: unknown): string | undefined {
  if (exported === undefined) return "no default export";
  if (typeof exported !== "object" || exported === null) return `a ${typeof exported}`;
  const { specVersion, name, parse, attach } = exported as Record<string, unknown>;
  if (specVersion !== "v1") return `specVersion ${JSON.stringify(specVersion) ?? "none"} (this version knows "v1")`;
  if (typeof name !== "string" || !/^[\w.-]+$/.test(name)) return `the name ${JSON.stringify(name) ?? "none"}`;
  if (typeof parse !== "function") return "no function parse";
  return typeof attach === "function" ? undefined : "no function attach";
}

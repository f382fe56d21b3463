import { type ParsedCollection, parseCollection } from "@petl/table-tasks";
import { BenchError, firstLine } from "../errors.js";
import { importWithContract } from "./one-copy.js";
import { announce, findModule, packageNames } from "./packages.js";
import type { Places } from "./places.js";

const prefix = "@petl/tasks-";

/** The collections in reach: every package named `@petl/tasks-...` whose default export is one, in order of name. */
export async function listCollections(places: Places): Promise<ParsedCollection[]> {
  const found = await Promise.all(
    packageNames(prefix, places).map((name) => importCollection(name, places).catch(() => undefined)),
  );
  return found.filter((each) => each !== undefined); // naming one that is left out gives the reason
}

/** The collection of that short name; undefined where there is no such package. @throws BenchError E_TASK_INVALID for a package that is none */
export async function findCollection(name: string, places: Places): Promise<ParsedCollection | undefined> {
  return /^[\w-]+$/.test(name) ? importCollection(prefix + name, places) : undefined;
}

async function importCollection(packageName: string, places: Places): Promise<ParsedCollection | undefined> {
  const module = findModule(packageName, places);
  if (module === undefined) return undefined;
  announce("collection", packageName, module, places);
  let exported: unknown;
  try {
    exported = (await importWithContract(module.url)).default;
  } catch (cause) {
    throw new BenchError("E_TASK_INVALID", `${packageName}: it could not be imported: ${firstLine(cause)}`, { cause });
  }
  const collection = parseCollection(exported, packageName);
  if (typeof collection !== "string") return collection;
  throw new BenchError(
    "E_TASK_INVALID",
    `${packageName}: expected a default export of defineCollection, got ${collection}`,
  );
}

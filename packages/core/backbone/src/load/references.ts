import { existsSync } from "node:fs";
import type { Family } from "../contract/family.js";

const randomSuffix = "-random";
/** Ends the URL of a package whose geometry is wanted with random weights. */
export const randomPackage = "#random";

/** What a reference to a backbone names. */
export type Reference =
  | { readonly kind: "random"; readonly geometry: string }
  | { readonly kind: "package"; readonly url: string; readonly isRandom: boolean }
  | { readonly kind: "hub"; readonly repository: string }
  | { readonly kind: "directory"; readonly path: string };

/** Names of a family's backbones, beside directories and `hf:ORG/REPO`. */
export function namesOf(family: Pick<Family, "geometries" | "published">): string[] {
  return [...Object.keys(family.geometries).map((name) => name + randomSuffix), ...Object.keys(family.published)];
}

/** Reads a reference as `loadBackbone` takes it; what is neither a known name nor written as another kind is a directory. */
export function parseReference(reference: string, published: Family["published"]): Reference {
  if (reference.endsWith(randomSuffix) && !existsSync(reference))
    return { kind: "random", geometry: reference.slice(0, -randomSuffix.length) };
  if (reference.startsWith("file:")) {
    const url = reference.replace(randomPackage, "");
    return { kind: "package", url, isRandom: url !== reference };
  }
  const known = Object.hasOwn(published, reference) ? published[reference] : undefined;
  const repository = known ?? /^hf:(.*)$/.exec(reference)?.[1];
  return repository === undefined ? { kind: "directory", path: reference } : { kind: "hub", repository };
}

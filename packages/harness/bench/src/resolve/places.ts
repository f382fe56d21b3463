import { statSync } from "node:fs";
import { join } from "node:path";
import { BenchError } from "../errors.js";
import { ancestors, isManifestBroken, readManifest } from "./manifest.js";

/**
 * Where code may come from besides the program's own packages; empty: from nowhere else.
 *
 * docs/decisions/0021-code-only-by-consent.md has the rules.
 */
export interface Places {
  /** Where relative paths start, and from where up projects are looked for. */
  readonly directory?: string | undefined;
  /** The only project whose packages may be imported, in place of those above `directory`. */
  readonly project?: string | undefined;
  /** Whether files that data name may be imported. */
  readonly trustCode?: boolean | undefined;
  /** The data file that names the code; absent: the user does. */
  readonly namedIn?: string | undefined;
  /** Names that the user typed, though `namedIn` holds the others. */
  readonly typed?: readonly string[] | undefined;
  /** Receives one line for each import from outside the program's own packages, before it happens. */
  readonly onOutside?: ((line: string) => void) | undefined;
  readonly onWarning?: ((line: string) => void) | undefined;
}

/** A directory whose package.json lists the packages that may be imported from its node_modules. */
export interface Project {
  readonly directory: string;
  readonly manifestFile: string;
  readonly packages: ReadonlySet<string>;
}

const lists = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;

/** The same places for names that a data file holds. */
export const namedIn = (places: Places, file: string): Places => ({ ...places, namedIn: file });

/**
 * The projects that list a package for which `isWanted` holds, nearest first: the one named, else those above the directory. A broken
 * package.json, or one that belongs to another user, is left out with a warning unless it was named.
 *
 * @throws BenchError E_PROJECT_INVALID for a named project without a readable package.json
 */
export function projectsListing(isWanted: (name: string) => boolean, places: Places): Project[] {
  const { directory, project, onWarning = () => {} } = places;
  if (project !== undefined) return [namedProject(project)].filter(({ packages }) => [...packages].some(isWanted));
  if (directory === undefined) return [];
  return ancestors(directory).flatMap((each) => {
    const found = projectIn(each);
    if (found === undefined) {
      if (isManifestBroken(each)) onWarning(`${join(each, "package.json")} is not a JSON object and is left out`);
      return [];
    }
    if (![...found.packages].some(isWanted)) return [];
    if (isOurs(found)) return [found];
    onWarning(`${found.manifestFile} belongs to another user and is left out; pass --project ${each} to use it`);
    return [];
  });
}

function namedProject(directory: string): Project {
  const project = projectIn(directory);
  if (project !== undefined) return project;
  const got = isManifestBroken(directory) ? "one that is not a JSON object" : "none";
  throw new BenchError(
    "E_PROJECT_INVALID",
    `--project ${directory}: expected a directory with a package.json, got ${got}`,
  );
}

function projectIn(directory: string): Project | undefined {
  const manifest = readManifest(directory);
  if (manifest === undefined) return undefined;
  const names = lists.flatMap((list) => Object.keys(Object(manifest[list])));
  return { directory, manifestFile: join(directory, "package.json"), packages: new Set(names) };
}

/** Whether nobody else can have put the project there: above a shared directory, anybody can. */
function isOurs({ directory, manifestFile }: Project): boolean {
  const user = process.getuid?.();
  if (user === undefined) return true;
  const paths = [manifestFile, join(directory, "node_modules")];
  return paths.every((path) => {
    const owner = statSync(path, { throwIfNoEntry: false })?.uid;
    return owner === undefined || owner === user || owner === 0;
  });
}

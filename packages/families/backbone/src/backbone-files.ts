import { cachedSnapshot, checkpointDigests, hubRevision } from "@petl/checkpoint";
import { importBackbonePackage } from "./backbone-package.js";
import {
  type BackboneFile,
  filesBesideWeights,
  isRandomPreset,
  namedFiles,
  presetDirectory,
  published,
  randomPackage,
} from "./load.js";

/** What a backbone is before it is loaded. */
export interface BackboneFiles {
  /** Commit on the hub; null for a directory, a package, and where neither hub nor cache knows it. */
  readonly revision: string | null;
  /** What `loadBackbone` will read of it; null where it is not downloaded yet. */
  readonly files: readonly BackboneFile[] | null;
  /** Why the revision is the cached one and not the hub's; null where the hub named it, or has no part in it. */
  readonly reason: string | null;
}

/** Finds the files of a backbone, named as `loadBackbone` takes it, and their digests, without loading or downloading it. */
export async function backboneFiles(
  reference: string,
  options: { readonly verify?: boolean | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<BackboneFiles> {
  const none = { revision: null, reason: null };
  if (isRandomPreset(reference)) return { ...none, files: await filesBesideWeights(presetDirectory("t5-tiny-random")) };
  if (reference.startsWith("file:")) {
    const url = reference.replace(randomPackage, "");
    const { directory } = await importBackbonePackage(url);
    const isRandom = url !== reference;
    return {
      ...none,
      files: isRandom ? await filesBesideWeights(directory) : namedFiles(await checkpointDigests(directory, options)),
    };
  }
  const repository = published[reference] ?? /^hf:(.*)$/.exec(reference)?.[1];
  if (repository === undefined) return { ...none, files: namedFiles(await checkpointDigests(reference, options)) };
  const { commit, reason } = await hubRevision(repository, { signal: options.signal });
  const directory = commit === null ? undefined : cachedSnapshot(repository, commit);
  const files = directory === undefined ? null : namedFiles(await checkpointDigests(directory, options));
  return { revision: commit, files, reason: commit === null ? null : reason };
}

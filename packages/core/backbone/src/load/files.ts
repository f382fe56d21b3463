import { basename } from "node:path";
import {
  type CheckpointFile,
  cachedSnapshot,
  checkComplete,
  checkpointDigests,
  hubRevision,
  isWeightFile,
} from "@petl/checkpoint";
import type { Family } from "../contract/family.js";
import { importBackbonePackage } from "./backbone-package.js";
import { parseReference } from "./references.js";

/** A file that a backbone is made of. */
export interface BackboneFile {
  readonly name: string;
  readonly sha256: string;
}

/** What a backbone is before it is loaded. */
export interface BackboneFiles {
  /** Commit on the hub; null for a directory, a package, and where neither hub nor cache knows it. */
  readonly revision: string | null;
  /** What `loadBackbone` will read of it; null where it is not downloaded yet. */
  readonly files: readonly BackboneFile[] | null;
  /** Why the revision is the cached one and not the hub's; null where the hub named it, or has no part in it. */
  readonly reason: string | null;
}

/**
 * Finds the files of a backbone, named as `loadBackbone` takes it, and their digests, without loading or downloading it.
 * @throws CheckpointError E_FILE_MISSING for a directory that lacks some, before it reads any
 */
export async function backboneFiles(
  name: string,
  family: Pick<Family, "published" | "tokenizerDirectory">,
  options: { readonly verify?: boolean | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<BackboneFiles> {
  const none = { revision: null, reason: null };
  const reference = parseReference(name, family.published);
  if (reference.kind === "random") return { ...none, files: await filesBesideWeights(family.tokenizerDirectory) };
  if (reference.kind === "package") {
    const { directory } = await importBackbonePackage(reference.url);
    const files = reference.isRandom
      ? await filesBesideWeights(directory)
      : namedFiles(await checkpointDigests(directory, options));
    return { ...none, files };
  }
  if (reference.kind === "directory") {
    checkComplete(reference.path);
    return { ...none, files: namedFiles(await checkpointDigests(reference.path, options)) };
  }
  const { commit, reason } = await hubRevision(reference.repository, { signal: options.signal });
  const directory = commit === null ? undefined : cachedSnapshot(reference.repository, commit);
  const files = directory === undefined ? null : namedFiles(await checkpointDigests(directory, options));
  return { revision: commit, files, reason: commit === null ? null : reason };
}

/** Names and digests of a checkpoint's files. */
export function namedFiles(files: readonly CheckpointFile[]): BackboneFile[] {
  return files.map(({ path, sha256 }) => ({ name: basename(path), sha256 }));
}

/** The files beside the weights, which are all that a backbone with random weights is made of. */
export async function filesBesideWeights(directory: string): Promise<BackboneFile[]> {
  return namedFiles(await checkpointDigests(directory)).filter(
    ({ name }) => !isWeightFile(name.replace(/\.index\.json$/, "")),
  );
}

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { readText } from "@petl/files";
import type { RepositoryKind } from "./repository.js";

const COMMIT = /^[0-9a-f]{40}$/;

/**
 * Hugging Face's cache directory: `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `HF_HOME/hub`, `XDG_CACHE_HOME/huggingface/hub`,
 * else `~/.cache/huggingface/hub`. An empty variable counts as unset.
 */
export function hubCacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const direct = environment.HF_HUB_CACHE || environment.HUGGINGFACE_HUB_CACHE;
  if (direct) return direct;
  const cache = environment.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(environment.HF_HOME || join(cache, "huggingface"), "hub");
}

/** The cache's folder for a repository: `models--ORG--REPO` or `datasets--ORG--REPO` with `blobs`, `refs` and `snapshots` in it. */
export function repositoryFolder(cacheDirectory: string, kind: RepositoryKind, repository: string): string {
  return join(cacheDirectory, `${kind}s--${repository.replaceAll("/", "--")}`);
}

/** The commit of a revision in the cache; undefined where the cache does not have it. */
export function cachedCommit(folder: string, revision: string): string | undefined {
  if (COMMIT.test(revision)) return revision;
  const reference = join(folder, "refs", revision);
  if (!existsSync(reference)) return undefined;
  const commit = readText(reference, 4096).trim();
  return COMMIT.test(commit) ? commit : undefined;
}

/** The folder of a commit's files in the folder of its repository. */
export function snapshotFolder(folder: string, commit: string): string {
  return join(folder, "snapshots", commit);
}

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkpointFiles } from "../checkpoint-files.js";
import { CheckpointError } from "../error.js";
import { CONFIG_FILE, NEEDED_FILES } from "../file-names.js";
import { cachedCommit, hubCacheDirectory, repositoryFolder, snapshotFolder } from "./cache.js";
import { checkHubUrl, placeFilesRemedy } from "./connection.js";
import { type DigestOptions, fileDigest } from "./digest.js";
import { downloadConfig, downloadSnapshot } from "./download-snapshot.js";
import type { ResolveOptions } from "./resolve-options.js";
import { hubAddress, isOffline } from "./revision.js";
import { whileLocked } from "./while-locked.js";

/** A file of a checkpoint and the digest of its contents. */
export interface CheckpointFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface ResolvedCheckpoint {
  /** Directory with the files, as `openCheckpoint`, `readConfig` and `loadTokenizer` take it. */
  readonly directory: string;
  readonly files: readonly CheckpointFile[];
  /** Its origin; `revision` is a commit, null for a directory. */
  readonly source: {
    readonly kind: "directory" | "cache" | "hub";
    readonly name: string;
    readonly revision: string | null;
  };
}

const REPOSITORY = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)?$/;

/**
 * Finds a checkpoint by directory or by name, `hf:ORG/REPO` or `ORG/REPO`: in Hugging Face's cache if it is complete
 * there, else on the hub, downloading only config, tokenizer and safetensors weights into that cache.
 *
 * @throws CheckpointError E_NAME_INVALID, E_FILE_MISSING (directory), E_OFFLINE, E_NOT_FOUND, E_ACCESS_DENIED,
 *   E_TOKEN_EXPOSED, E_DOWNLOAD_TOO_LARGE, E_DOWNLOAD_FAILED, E_CACHE_LOCKED, E_WRITE_FAILED, E_CANCELLED
 */
export async function resolveCheckpoint(nameOrDir: string, options: ResolveOptions = {}): Promise<ResolvedCheckpoint> {
  const repository = repositoryName(nameOrDir);
  if (repository === undefined) return resolveDirectory(nameOrDir, options);
  const { revision = "main" } = options;
  const cacheDir = options.cacheDir ?? hubCacheDirectory();
  const folder = repositoryFolder(cacheDir, repository);
  refuseEscaping(nameOrDir, revision);

  const known = () => options.commit ?? cachedCommit(folder, revision);
  const fromCache = () => {
    const commit = known();
    return commit !== undefined && missingFrom(snapshotFolder(folder, commit)).length === 0 ? commit : null;
  };
  const describe = (kind: "cache" | "hub", commit: string) =>
    described(snapshotFolder(folder, commit), { kind, name: repository, revision: commit }, options);

  const cached = fromCache();
  if (cached !== null) return describe("cache", cached);
  if (isOffline(options)) throw offlineError(repository, folder, revision, known());

  const connection = {
    ...{ repository, revision, commit: options.commit, folder },
    ...hubAddress(options),
    signal: options.signal,
  };
  checkHubUrl(connection.hubUrl, connection.accessToken);
  const [kind, commit] = await whileLocked(cacheDir, connection, options.onWait, async () => {
    const downloadedMeanwhile = fromCache();
    if (downloadedMeanwhile !== null) return ["cache", downloadedMeanwhile] as const;
    return ["hub", await downloadSnapshot(connection, options.onProgress ?? (() => {}))] as const;
  });
  return describe(kind, commit);
}

/**
 * The `config.json` of a repository, in Hugging Face's cache or downloaded alone into it.
 *
 * @throws CheckpointError as `resolveCheckpoint` does
 */
export async function hubConfigFile(repository: string, options: ResolveOptions = {}): Promise<string> {
  const { revision = "main" } = options;
  const cacheDir = options.cacheDir ?? hubCacheDirectory();
  const folder = repositoryFolder(cacheDir, repository);
  refuseEscaping(repository, revision);
  const commit = options.commit ?? cachedCommit(folder, revision);
  const cached = commit === undefined ? undefined : join(snapshotFolder(folder, commit), CONFIG_FILE);
  if (cached !== undefined && existsSync(cached)) return cached;
  if (isOffline(options)) throw offlineError(repository, folder, revision, commit);
  const connection = { repository, revision, commit, folder, ...hubAddress(options), signal: options.signal };
  checkHubUrl(connection.hubUrl, connection.accessToken);
  return whileLocked(cacheDir, connection, options.onWait, () => downloadConfig(connection));
}

/** The repository a name means; undefined for a directory, which goes first unless the name begins with `hf:`. */
function repositoryName(nameOrDir: string): string | undefined {
  const explicit = nameOrDir.startsWith("hf:");
  const name = explicit ? nameOrDir.slice(3) : nameOrDir;
  if (!explicit && statSync(nameOrDir, { throwIfNoEntry: false })) return undefined;
  if (REPOSITORY.test(name) && (explicit || name.includes("/"))) return name;
  throw new CheckpointError("E_NAME_INVALID", {
    file: nameOrDir,
    expected: "a directory that exists, or a model as hf:ORG/REPO",
    got: explicit ? `the repository name "${name}"` : "no such directory",
    remedy: "check the path, or name a model such as hf:google-t5/t5-small",
  });
}

function refuseEscaping(name: string, revision: string): void {
  if (/^[\w.-]+(\/[\w.-]+)*$/.test(revision) && !revision.split("/").includes("..")) return;
  throw new CheckpointError("E_NAME_INVALID", {
    file: name,
    expected: "a branch, tag or commit as revision",
    got: `"${revision}"`,
    remedy: "name a revision such as main",
  });
}

async function resolveDirectory(directory: string, options: DigestOptions): Promise<ResolvedCheckpoint> {
  checkComplete(directory);
  return described(directory, { kind: "directory", name: directory, revision: null }, options);
}

/** @throws CheckpointError E_FILE_MISSING naming the files that a checkpoint's directory lacks; E_INDEX_INVALID */
export function checkComplete(directory: string): void {
  const missing = statSync(directory).isDirectory() ? missingFrom(directory) : ["a directory rather than a file"];
  if (missing.length === 0) return;
  throw new CheckpointError("E_FILE_MISSING", {
    file: directory,
    expected: NEEDED_FILES,
    got: `a checkpoint without ${missing.join(", ")}`,
    remedy: "add what is missing; weights in another format must be converted to safetensors first",
  });
}

function missingFrom(directory: string): readonly string[] {
  return checkpointFiles(directory).missing;
}

async function described(
  directory: string,
  source: ResolvedCheckpoint["source"],
  options: DigestOptions,
): Promise<ResolvedCheckpoint> {
  return { directory, files: await checkpointDigests(directory, options), source };
}

/** The files of a checkpoint that are in a directory, complete or not, with their digests. */
export async function checkpointDigests(directory: string, options: DigestOptions = {}): Promise<CheckpointFile[]> {
  const files: CheckpointFile[] = [];
  for (const name of checkpointFiles(directory).present) {
    const path = join(directory, name);
    files.push({ path, ...(await fileDigest(path, options)) });
  }
  return files;
}

/** The directory of a repository's commit in Hugging Face's cache; undefined where it is not complete there. */
export function cachedSnapshot(
  repository: string,
  commit: string,
  { cacheDir = hubCacheDirectory() }: Pick<ResolveOptions, "cacheDir"> = {},
): string | undefined {
  const directory = snapshotFolder(repositoryFolder(cacheDir, repository), commit);
  return missingFrom(directory).length === 0 ? directory : undefined;
}

function offlineError(repository: string, folder: string, revision: string, commit: string | undefined) {
  const got =
    commit === undefined
      ? `no revision ${revision} there`
      : `it without ${missingFrom(snapshotFolder(folder, commit)).join(", ")}`;
  return new CheckpointError("E_OFFLINE", {
    file: `hf:${repository}`,
    expected: `it in the cache, ${folder}`,
    got: `${got}, and the network is off`,
    remedy: `go online, or ${placeFilesRemedy(folder, revision)}`,
  });
}

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  cachedCommit,
  checkRevision,
  connect,
  type DigestOptions,
  fileDigest,
  type HubOptions,
  type HubRevision,
  hubCacheDirectory,
  isOffline,
  repositoryFolder,
  repositoryRevision,
  snapshotFolder,
  whileLocked,
} from "@petl/hub";
import { checkpointFiles } from "../checkpoint-files.js";
import { CheckpointError, ofCheckpoint } from "../error.js";
import { CONFIG_FILE, NEEDED_FILES } from "../file-names.js";
import { downloadConfig, downloadSnapshot } from "./download-snapshot.js";

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
export function resolveCheckpoint(nameOrDir: string, options: HubOptions = {}): Promise<ResolvedCheckpoint> {
  return ofCheckpoint(async () => {
    const repository = repositoryName(nameOrDir);
    if (repository === undefined) return resolveDirectory(nameOrDir, options);
    checkRevision(nameOrDir, options.revision ?? "main");
    return resolveRepository(placeOf(repository, options), options);
  });
}

async function resolveRepository(place: Place, options: HubOptions): Promise<ResolvedCheckpoint> {
  const { repository, revision, folder } = place;
  const known = () => options.commit ?? cachedCommit(folder, revision);
  const fromCache = () => {
    const commit = known();
    return commit !== undefined && missingFrom(snapshotFolder(folder, commit)).length === 0 ? commit : null;
  };
  const describe = (kind: "cache" | "hub", commit: string) =>
    described(snapshotFolder(folder, commit), { kind, name: repository, revision: commit }, options);

  const cached = fromCache();
  if (cached !== null) return describe("cache", cached);
  if (isOffline(options)) throw offlineError(place, known());
  const connection = connect(place, options);
  const [kind, commit] = await whileLocked(place.cacheDir, connection, options.onWait, async () => {
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
export function hubConfigFile(repository: string, options: HubOptions = {}): Promise<string> {
  return ofCheckpoint(async () => {
    const place = placeOf(repository, options);
    checkRevision(repository, place.revision);
    const commit = options.commit ?? cachedCommit(place.folder, place.revision);
    const cached = commit === undefined ? undefined : join(snapshotFolder(place.folder, commit), CONFIG_FILE);
    if (cached !== undefined && existsSync(cached)) return cached;
    if (isOffline(options)) throw offlineError(place, commit);
    const connection = connect({ ...place, commit }, options);
    return whileLocked(place.cacheDir, connection, options.onWait, () => downloadConfig(connection));
  });
}

/** Asks the hub which commit a model's branch or tag means; where it does not answer or must not be asked, the cache. */
export function hubRevision(repository: string, options: HubOptions = {}): Promise<HubRevision> {
  return ofCheckpoint(() => repositoryRevision("model", repository, options));
}

/** A model's repository and where the cache has it. */
type Place = Parameters<typeof connect>[0] & { readonly cacheDir: string };

function placeOf(repository: string, { revision = "main", commit, cacheDir = hubCacheDirectory() }: HubOptions): Place {
  const folder = repositoryFolder(cacheDir, "model", repository);
  const withoutHub =
    `place ${NEEDED_FILES} in a directory and pass that directory ` +
    `(or in ${snapshotFolder(folder, "COMMIT")} with COMMIT written in ${join(folder, "refs", revision)})`;
  return { kind: "model", repository, revision, commit, folder, cacheDir, withoutHub };
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
    remedy: "add what is missing; weights in another format must be converted to safetensors or GGUF first",
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

/** The files of a checkpoint that are in a directory, complete or not, with their digests. @throws CheckpointError */
export function checkpointDigests(directory: string, options: DigestOptions = {}): Promise<CheckpointFile[]> {
  return ofCheckpoint(async () => {
    const files: CheckpointFile[] = [];
    for (const name of checkpointFiles(directory).present) {
      const path = join(directory, name);
      files.push({ path, ...(await fileDigest(path, options)) });
    }
    return files;
  });
}

/** The directory of a repository's commit in Hugging Face's cache; undefined where it is not complete there. */
export function cachedSnapshot(
  repository: string,
  commit: string,
  { cacheDir = hubCacheDirectory() }: Pick<HubOptions, "cacheDir"> = {},
): string | undefined {
  const directory = snapshotFolder(repositoryFolder(cacheDir, "model", repository), commit);
  return missingFrom(directory).length === 0 ? directory : undefined;
}

function offlineError({ repository, folder, revision, withoutHub }: Place, commit: string | undefined) {
  const got =
    commit === undefined
      ? `no revision ${revision} there`
      : `it without ${missingFrom(snapshotFolder(folder, commit)).join(", ")}`;
  return new CheckpointError("E_OFFLINE", {
    file: `hf:${repository}`,
    expected: `it in the cache, ${folder}`,
    got: `${got}, and the network is off`,
    remedy: `go online, or ${withoutHub}`,
  });
}

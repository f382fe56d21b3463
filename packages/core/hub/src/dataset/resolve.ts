import { realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { connect, isOffline } from "../address.js";
import { cachedCommit, hubCacheDirectory, repositoryFolder, snapshotFolder } from "../cache.js";
import { fileDigest } from "../digest.js";
import type { ListedBlob } from "../download-blob.js";
import { HubError } from "../error.js";
import type { HubOptions } from "../options.js";
import { whileLocked } from "../while-locked.js";
import { chooseConfig, findConfig } from "./config.js";
import { CONVERTED } from "./conversion.js";
import { downloadDataset, type FoundConfig } from "./download.js";
import { gapIn, layoutOf } from "./layout.js";
import { type DatasetName, parseDatasetName } from "./name.js";
import { storedList } from "./stored-list.js";

/** Where a data set is looked for, and how; its revision stands in the reference. */
export type DatasetOptions = Omit<HubOptions, "revision" | "commit">;

/** A configuration of a data set as parquet files on this machine. */
export interface ResolvedDataset {
  readonly source: "cache" | "hub";
  /** `ORG/NAME`. */
  readonly repository: string;
  /** The commit that the files are of, as `@REVISION` takes it. */
  readonly revision: string;
  readonly config: string;
  /** Paths of each split's files, in order. */
  readonly splits: Readonly<Record<string, readonly string[]>>;
  /** SHA-256 of each of these files, in hexadecimal. */
  readonly digests: Readonly<Record<string, readonly string[]>>;
}

/**
 * Finds a data set by name, `hf:ORG/NAME[/CONFIG][@REVISION]`, as parquet: in Hugging Face's cache if the configuration is complete
 * there, else on the hub. Without a revision it is the hub's own conversion, or the repository's own parquet files where the hub has
 * none. Without a configuration it is the only one, or `default`.
 *
 * @throws HubError E_NAME_INVALID, E_OFFLINE, E_NOT_FOUND, E_ACCESS_DENIED, E_TOKEN_EXPOSED, E_DOWNLOAD_TOO_LARGE, E_DOWNLOAD_FAILED,
 *   E_CACHE_LOCKED, E_WRITE_FAILED, E_CANCELLED
 */
export async function resolveDataset(reference: string, options: DatasetOptions = {}): Promise<ResolvedDataset> {
  const name = parseDatasetName(reference);
  const { repository, revision, config } = name;
  const cacheDir = options.cacheDir ?? hubCacheDirectory();
  const folder = repositoryFolder(cacheDir, "dataset", repository);
  const cached = fromCache(folder, name);
  if (cached !== undefined) return described(folder, repository, "cache", cached, options);
  if (isOffline(options)) throw offlineError(folder, name);

  const commit = revision !== undefined && cachedCommit(folder, revision) === revision ? revision : undefined;
  const withoutHub = `copy ${folder} from a machine that has it`;
  const place = { kind: "dataset", repository, revision: revision ?? CONVERTED, commit, folder, withoutHub } as const;
  const connection = connect(place, options);
  const [source, found] = await whileLocked(cacheDir, connection, options.onWait, async () => {
    const meanwhile = fromCache(folder, name);
    if (meanwhile !== undefined) return ["cache", meanwhile] as const;
    return ["hub", await downloadDataset(connection, revision, config, options.onProgress ?? (() => {}))] as const;
  });
  return described(folder, repository, source, found, options);
}

/** The configuration where the cache has all of it. */
function fromCache(folder: string, name: DatasetName): FoundConfig | undefined {
  const listed = listedInCache(folder, name);
  const chosen = listed && findConfig(layoutOf(listed.files), name.config);
  if (listed === undefined || chosen === undefined || gapIn(chosen.splits) !== undefined) return undefined;
  const snapshot = snapshotFolder(folder, listed.commit);
  const isComplete = [...chosen.splits.values()].flat().every((file) => isThere(snapshot, file));
  return isComplete ? { commit: listed.commit, ...chosen } : undefined;
}

/** The list of the revision asked for; without one, of the conversion before the repository's own files. */
function listedInCache(folder: string, { revision }: DatasetName) {
  for (const each of revision === undefined ? [CONVERTED, "main"] : [revision]) {
    const commit = cachedCommit(folder, each);
    const files = commit === undefined ? undefined : storedList(folder, commit);
    if (commit !== undefined && files !== undefined) return { commit, files };
  }
  return undefined;
}

function isThere(snapshot: string, { path, totalBytes }: ListedBlob): boolean {
  return statSync(join(snapshot, path), { throwIfNoEntry: false })?.size === totalBytes;
}

async function described(
  folder: string,
  repository: string,
  source: "cache" | "hub",
  { commit, config, splits }: FoundConfig,
  options: DatasetOptions,
): Promise<ResolvedDataset> {
  const paths = new Map<string, string[]>();
  const digests = new Map<string, string[]>();
  for (const [split, files] of splits) {
    for (const file of files) {
      const path = join(snapshotFolder(folder, commit), file.path);
      const { sha256 } = await fileDigest(path, options);
      if (file.isLarge && sha256 !== file.digest) throw damaged(path, file.digest, sha256);
      paths.set(split, [...(paths.get(split) ?? []), path]);
      digests.set(split, [...(digests.get(split) ?? []), sha256]);
    }
  }
  const [here, known] = [Object.fromEntries(paths), Object.fromEntries(digests)];
  return { source, repository, revision: commit, config, splits: here, digests: known };
}

function damaged(path: string, expected: string, got: string): HubError {
  return new HubError("E_DOWNLOAD_FAILED", {
    file: path,
    expected: `sha256 ${expected}`,
    got,
    remedy: `it was changed after its download; delete ${realpathSync(path)} and run it again`,
  });
}

function offlineError(folder: string, name: DatasetName): HubError {
  const { repository, revision, config } = name;
  const listed = listedInCache(folder, name);
  const chosen = listed && chooseConfig(repository, layoutOf(listed.files), config);
  const missing = [...(chosen?.splits.values() ?? [])]
    .flat()
    .filter((file) => !isThere(snapshotFolder(folder, listed!.commit), file));
  const got = chosen ? `${missing.length} of its files missing` : `no revision ${revision ?? CONVERTED} there`;
  return new HubError("E_OFFLINE", {
    file: `hf:${repository}${chosen ? `/${chosen.config}` : ""}`,
    expected: `it in the cache, ${folder}`,
    got: `${got}, and the network is off`,
    remedy: `go online, or copy ${folder} from a machine that has it`,
  });
}
